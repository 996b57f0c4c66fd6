import { go, java, npm, python, rust } from './install.ts'

export interface Client {
  name: string
  version: string
  /** The program that sends and reads with it. */
  driver: string
  codecs: readonly Codec[]
  /** Whether its driver knows of a setting that makes it choose Java's partitions; null where that is the default. */
  java: boolean | null
  /** It hands over what was aborted, and the markers of transactions as records without a header, whatever it is asked for. */
  handsOverAll?: true
  /** Installs it and says how it is run, before `send …` or `read …`; an error says what is missing. */
  install: () => string[] | Promise<string[]>
}

export type Codec = (typeof codecs)[number]

export const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

export const clients: readonly Client[] = [
  {
    name: 'Java, kafka-clients',
    version: '4.3.1',
    driver: 'java/Client.java',
    codecs,
    java: null,
    install: java,
  },
  {
    name: 'Python, confluent-kafka',
    version: '2.16.1',
    driver: 'python/confluent_kafka_client.py',
    codecs,
    java: true,
    install: () => python('confluent_kafka_client.py', ['confluent-kafka==2.16.1']),
  },
  {
    name: 'Python, kafka-python',
    version: '3.0.12',
    driver: 'python/kafka_python_client.py',
    codecs,
    java: null,
    install: () =>
      python('kafka_python_client.py', [
        'kafka-python==3.0.12',
        'python-snappy==0.7.3',
        'lz4==4.4.5',
        'zstandard==0.25.0',
      ]),
  },
  {
    name: 'Python, aiokafka',
    version: '0.14.0',
    driver: 'python/aiokafka_client.py',
    codecs,
    java: null,
    install: () => python('aiokafka_client.py', ['aiokafka==0.14.0', 'cramjam==2.14.0']),
  },
  {
    name: 'Go, franz-go',
    version: '1.22.3',
    driver: 'go/franz-go/main.go',
    codecs,
    java: null,
    install: () => go('franz-go'),
  },
  {
    name: 'Go, sarama',
    version: '1.61.1',
    driver: 'go/sarama/main.go',
    codecs,
    java: true,
    install: () => go('sarama'),
  },
  {
    name: 'Go, kafka-go',
    version: '0.4.51',
    driver: 'go/kafka-go/main.go',
    codecs,
    java: true,
    handsOverAll: true,
    install: () => go('kafka-go'),
  },
  {
    name: 'JavaScript, kafkajs',
    version: '2.2.4',
    driver: 'js/kafkajs.mjs',
    codecs: ['none', 'gzip', 'snappy'],
    java: null,
    install: () => npm('kafkajs.mjs', ['kafkajs@2.2.4', 'kafkajs-snappy@1.1.0']),
  },
  {
    name: 'JavaScript, @platformatic/kafka',
    version: '2.12.1',
    driver: 'js/platformatic.mjs',
    codecs,
    java: true,
    install: () => npm('platformatic.mjs', ['@platformatic/kafka@2.12.1'], { newer: true }),
  },
  {
    name: 'JavaScript, node-rdkafka',
    version: '3.6.1',
    driver: 'js/node-rdkafka.mjs',
    // zstd comes with it only where libzstd's headers are.
    codecs: ['none', 'gzip', 'snappy', 'lz4'],
    java: true,
    install: () => npm('node-rdkafka.mjs', ['node-rdkafka@3.6.1'], { built: 'node-rdkafka' }),
  },
  {
    name: 'JavaScript, kafka-crab-js',
    version: '5.0.0',
    driver: 'js/kafka-crab-js.mjs',
    codecs: ['none', 'gzip', 'snappy', 'lz4'],
    java: true,
    install: () =>
      npm('kafka-crab-js.mjs', ['kafka-crab-js@5.0.0', 'kafka-crab-js-linux-x64-gnu@5.0.0'], { newer: true }),
  },
  {
    name: 'Rust, krafka',
    version: '0.28.1',
    driver: 'rust/src/bin/krafka.rs',
    codecs,
    java: null,
    install: () => rust('krafka'),
  },
]
