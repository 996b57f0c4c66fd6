import { mkdirSync } from 'node:fs'
import { resolve as resolvePath } from 'node:path'
import { type BrokerSettings, chooseSettings, copiesOf, type SecureListeners } from './broker-config.ts'
import { boot } from './broker-process.ts'
import { type BrokerRuntime, findBrokerRuntime } from './broker-runtime.ts'
import { makeTls, prepareStorage } from './broker-storage.ts'

/** A Kafka broker that runs for as long as this process wants it. */
export interface RunningBroker {
  /** Addresses for `openKafkaLog`. */
  brokers: string[]
  secureListeners?: SecureListeners
  /** Where its data, its settings and its own log (`broker.log`) lie. */
  folder: string
  /** The broker's process; null when it runs in Docker. */
  readonly pid: number | null
  /** End it in order; its data stays in the folder. */
  stop(): Promise<void>
  /** End it as a crash would. */
  kill(): void
  /** Stop it if it runs and start it again on the same ports and data. */
  restart(): Promise<void>
}

/** Several brokers that are one cluster. */
export interface RunningCluster {
  /** Addresses of all of them, for `openKafkaLog`. */
  brokers: string[]
  /** Each address is a list with commas, as `--brokers` takes it. */
  secureListeners?: SecureListeners
  /** Each by itself, by its number less one. */
  each: RunningBroker[]
  /** End all in order; their data stays in the folder. */
  stop(): Promise<void>
}

interface BrokerOptions {
  /** Where data, settings and the broker's own log go. */
  folder: string
  /** Default: a free one. Several brokers take those after it too. */
  port?: number
  /** Of Apache Kafka, from 3.5.0 on; data of one version is not for another. */
  version?: string
  /** Add SASL and TLS listeners. */
  secure?: boolean
  /** One line at a time about what takes a while. */
  onLine?: (line: string) => void
}

/**
 * Start a real single-node Apache Kafka, by Java and Maven where they are, else by Docker.
 *
 *     const broker = await startBroker({ folder: '.recstream/kafka', port: 9092 })
 *     const log = await openKafkaLog({ brokers: broker.brokers })
 *
 * Caveat: made for development and tests; it listens on 127.0.0.1 only and keeps one copy of everything.
 */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  return (await startBrokers({ ...options, brokers: 1 })).each[0]!
}

/**
 * Start a real Apache Kafka of several brokers, each a controller too.
 *
 *     const cluster = await startBrokers({ folder: '.recstream/kafka-3', brokers: 3 })
 *     cluster.each[1]!.kill() // its partitions get other leaders; nothing is lost
 *     await cluster.each[1]!.restart()
 *
 * Every partition has three copies (as many as there are brokers, if fewer), and all but one must hold a record before it
 * is acknowledged. With three brokers one may be away; with two away nothing can be written or elected.
 *
 * Caveat: made for development and tests; all brokers are on this machine and listen on 127.0.0.1 only.
 */
export async function startBrokers(options: BrokerOptions & { brokers: number }): Promise<RunningCluster> {
  const { brokers, port, secure = false, onLine = () => {} } = options
  const folder = resolvePath(options.folder)
  mkdirSync(folder, { recursive: true })
  const runtime = await findBrokerRuntime(options.version, onLine)
  const { version } = runtime
  const settings = await chooseSettings(folder, { brokers, port, secure, version })
  if (secure) {
    const ca = await makeTls(runtime, settings[0]!)
    for (const each of settings) each.secure!.ca = ca
  }
  onLine(`Starting Apache Kafka ${version} on ${settings.map(addressOf).join(', ')}`)
  const { copies, inSync } = copiesOf(brokers)
  if (brokers > 1) onLine(`${copies} copies of every partition, ${inSync} of which must hold what is acknowledged`)
  for (const each of settings) await prepareStorage(runtime, each)
  const each = await allOrNone(settings.map(one => running(runtime, one)))
  return {
    brokers: settings.map(addressOf),
    each,
    ...(secure ? { secureListeners: together(settings.map(one => one.secure!)) } : {}),
    async stop() {
      await Promise.all(each.map(broker => broker.stop()))
    },
  }
}

async function running(runtime: BrokerRuntime, settings: BrokerSettings): Promise<RunningBroker> {
  let process = await boot(runtime, settings)
  return {
    brokers: [addressOf(settings)],
    folder: settings.folder,
    ...(settings.secure === undefined ? {} : { secureListeners: settings.secure }),
    get pid() {
      return runtime.kind === 'java' ? process.pid : null
    },
    stop: () => process.stop(),
    kill: () => process.kill(),
    async restart() {
      await process.stop()
      process = await boot(runtime, settings)
    },
  }
}

/** A cluster of which a broker did not start is ended again. */
async function allOrNone(starting: Promise<RunningBroker>[]): Promise<RunningBroker[]> {
  const started = await Promise.allSettled(starting)
  if (started.some(({ status }) => status === 'rejected')) {
    for (const each of started) if (each.status === 'fulfilled') each.value.kill()
  }
  return Promise.all(starting)
}

const addressOf = ({ port }: BrokerSettings) => `127.0.0.1:${port}`

function together(listeners: SecureListeners[]): SecureListeners {
  const joined = (name: 'saslPlaintext' | 'ssl' | 'saslSsl') => listeners.map(each => each[name]).join(',')
  return { ...listeners[0]!, saslPlaintext: joined('saslPlaintext'), ssl: joined('ssl'), saslSsl: joined('saslSsl') }
}
