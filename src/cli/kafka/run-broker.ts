import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import { type RunningCluster, startBrokers } from '../../log/kafka/broker.ts'
import { defaultKafkaVersion } from '../../log/kafka/broker-runtime.ts'
import type { CommonOptions } from '../common-options.ts'
import { jsonLine, say, writeLines } from '../print/write-lines.ts'
import { stopSignal } from '../stop-signal.ts'
import { watchBrokers } from './watch-brokers.ts'

export interface KafkaOptions extends CommonOptions {
  port: number
  brokers: number
  kafkaVersion?: string
  secure?: true
}

/** Run a broker, or several, until Ctrl-C. */
export async function runBroker(options: KafkaOptions): Promise<void> {
  const { port, brokers, kafkaVersion: version } = options
  const folder = resolve(options.data, folderName(options))
  for (let k = 0; k < brokers; k++) await checkPort(port + k)
  const { stopped } = stopSignal(() => say('Stopping Kafka.'))
  const cluster = await startBrokers({
    ...{ folder, port, brokers, secure: options.secure === true, onLine: say },
    ...(version === undefined ? {} : { version }),
  })
  try {
    if (!stopped.aborted) await writeLines([options.json ? asJson(cluster, folder) : inWords(cluster, folder)])
    await watchBrokers(cluster.each, { stopped, tell: say })
  } finally {
    await cluster.stop()
  }
}

/** Another number of brokers, or another version, is another cluster, whose data must not be mixed with the first's. */
function folderName({ brokers, kafkaVersion = defaultKafkaVersion }: KafkaOptions): string {
  const version = kafkaVersion === defaultKafkaVersion ? '' : `-v${kafkaVersion}`
  return `kafka${brokers === 1 ? '' : `-${brokers}`}${version}`
}

/** A broker that cannot have its port would say so somewhere in its log, or worse, we would talk to the other one. */
async function checkPort(port: number): Promise<void> {
  if (port > 65_535) throw new RecstreamError('CONFIG_INVALID', `There is no port ${port}; choose a lower --port.`)
  const server = createServer()
  await new Promise<void>((done, reject) => {
    server.once('error', () =>
      reject(new RecstreamError('CONFIG_INVALID', `Port ${port} is taken; choose another with --port.`)),
    )
    server.listen(port, '127.0.0.1', () => server.close(() => done()))
  })
}

function asJson({ brokers, each, secureListeners }: RunningCluster, folder: string): string {
  const { password: _, ca, ...secure } = secureListeners ?? {}
  const files = ca === undefined ? {} : { secure: { ...secure, ...secureFiles(folder, ca) } }
  const pids = each.length === 1 ? { pid: each[0]!.pid } : { pids: each.map(({ pid }) => pid) }
  return jsonLine({ brokers, ...pids, folder, ...files })
}

function inWords({ brokers, secureListeners }: RunningCluster, folder: string): string {
  const list = brokers.join(',')
  const lines = [
    `Kafka runs on ${list}; its data lies in ${folder}. Ctrl-C stops it.`,
    '',
    'Use it from another terminal:',
    `  npx recstream start kuairand --brokers ${list}`,
  ]
  if (secureListeners !== undefined) {
    const { username, saslPlaintext, ssl, saslSsl, ca } = secureListeners
    const files = secureFiles(folder, ca)
    lines.push(
      '',
      `SASL on ${saslPlaintext}, TLS on ${ssl}, both on ${saslSsl}; user ${username}, its password is in ${files.passwordFile}:`,
      `  export RECSTREAM_SASL_PASSWORD="$(cat '${files.passwordFile}')"`,
      `  npx recstream start kuairand --brokers ${saslSsl} --ssl-ca '${files.caFile}' --sasl scram-sha-512 --sasl-username ${username}`,
    )
  }
  return lines.join('\n')
}

/** The authority as a file for --ssl-ca; the password stays in its own file and is never printed. */
function secureFiles(folder: string, ca: string): { caFile: string; passwordFile: string } {
  const caFile = join(folder, 'ca.pem')
  writeFileSync(caFile, ca)
  return { caFile, passwordFile: join(folder, 'password') }
}
