import { type Command, InvalidArgumentError } from 'commander'
import { defaultKafkaVersion } from '../log/kafka/broker-runtime.ts'
import { wholeNumber, withCommonOptions } from './common-options.ts'
import type { KafkaOptions } from './kafka/run-broker.ts'

const portNumber = wholeNumber(1, 65_535)

function kafkaVersion(text: string): string {
  const [, major, minor] = /^(\d+)\.(\d+)\.\d+$/.exec(text) ?? []
  if (Number(major) > 3 || (major === '3' && Number(minor) >= 5)) return text
  throw new InvalidArgumentError('It must be a version from 3.5.0 on, such as 3.9.1.')
}

export function addKafka(program: Command): void {
  const command = program
    .command('kafka')
    .summary('run a real Kafka here, of one broker or several')
    .description('Run a real Apache Kafka in the foreground, for development and tests.')
    .option('--port <port>', 'port of its plain listener; several brokers take those after it too', portNumber, 9092)
    .option('--brokers <count>', 'how many brokers; three stand the loss of one', wholeNumber(1, 9), 1)
    .option(
      '--kafka-version <version>',
      `of Apache Kafka, from 3.5.0 on (default: ${defaultKafkaVersion})`,
      kafkaVersion,
    )
    .option('--secure', 'add listeners with SASL and TLS')
  withCommonOptions(command, 'once it runs, print its addresses as one JSON object')
    .addHelpText(
      'after',
      `
It needs Java 17 with Maven, or Docker; \`recstream doctor\` says what is here. Its data lies in <data folder>/kafka and is
there again at the next start. It listens on 127.0.0.1 only. Ctrl-C stops it.

Another version (--kafka-version, the one of the cluster that you are going to use, say) has data of its own too.

Several brokers (200 MB of memory each) are one cluster: each is a controller too, every partition has three copies (two
with two brokers), and all but one must hold a record before it is acknowledged. Their data lies in
<data folder>/kafka-<count>: another number of brokers is another cluster. A broker that ends, killed by you for a trial, is
told and started again after 10 seconds; meanwhile the others lead its partitions. With two of three away, or one of two,
nothing is written.

Examples:
  $ npx recstream kafka
  $ npx recstream start movielens --source ml-100k --brokers 127.0.0.1:9092
  $ npx recstream kafka --brokers 3
  $ npx recstream start kuairand --brokers 127.0.0.1:9092,127.0.0.1:9093,127.0.0.1:9094
  $ npx recstream kafka --kafka-version 3.5.2`,
    )
    .action(async (options: KafkaOptions) => {
      const { runBroker } = await import('./kafka/run-broker.ts')
      await runBroker(options)
    })
}
