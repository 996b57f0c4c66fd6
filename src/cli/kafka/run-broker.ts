import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { RecstreamError } from '../../errors.ts'
import { type RunningBroker, startBroker } from '../../log/kafka/broker.ts'
import type { CommonOptions } from '../common-options.ts'
import { stopSignal } from '../stop-signal.ts'

export interface KafkaOptions extends CommonOptions {
  port: number
  secure?: true
}

/** Run a broker until Ctrl-C. */
export async function runBroker(options: KafkaOptions): Promise<void> {
  const folder = resolve(options.data, 'kafka')
  await checkPort(options.port)
  const { stopped } = stopSignal(() => process.stderr.write('Stopping Kafka.\n'))
  const broker = await startBroker({
    folder,
    port: options.port,
    secure: options.secure === true,
    onLine: line => process.stderr.write(`${line}\n`),
  })
  try {
    if (!stopped.aborted) process.stdout.write(options.json ? asJson(broker, folder) : inWords(broker, folder))
    while (!stopped.aborted) {
      if (!lives(broker.pid)) {
        throw new RecstreamError('LOG_UNAVAILABLE', `Kafka ended by itself; see ${join(folder, 'broker.log')}.`)
      }
      await setTimeout(1_000, undefined, { signal: stopped }).catch(() => {})
    }
  } finally {
    await broker.stop()
  }
}

/** A broker that cannot have its port would say so somewhere in its log, or worse, we would talk to the other one. */
async function checkPort(port: number): Promise<void> {
  const server = createServer()
  await new Promise<void>((done, reject) => {
    server.once('error', () =>
      reject(new RecstreamError('CONFIG_INVALID', `Port ${port} is taken; choose another with --port.`)),
    )
    server.listen(port, '127.0.0.1', () => server.close(() => done()))
  })
}

/** Only Docker's client, which has no pid of ours to look at, is taken at its word. */
function lives(pid: number | null): boolean {
  if (pid === null) return true
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function asJson({ brokers, pid, secureListeners }: RunningBroker, folder: string): string {
  const { password: _, ca, ...secure } = secureListeners ?? {}
  const files = ca === undefined ? {} : { ...secure, ...secureFiles(folder, ca) }
  return `${JSON.stringify({ brokers, pid, folder, ...(ca === undefined ? {} : { secure: files }) })}\n`
}

function inWords({ brokers, secureListeners }: RunningBroker, folder: string): string {
  const [broker] = brokers
  const lines = [
    `Kafka runs on ${broker}; its data lies in ${folder}. Ctrl-C stops it.`,
    '',
    'Use it from another terminal:',
    `  npx recstream start kuairand --brokers ${broker}`,
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
  return `${lines.join('\n')}\n`
}

/** The authority as a file for --ssl-ca; the password stays in its own file and is never printed. */
function secureFiles(folder: string, ca: string): { caFile: string; passwordFile: string } {
  const caFile = join(folder, 'ca.pem')
  writeFileSync(caFile, ca)
  return { caFile, passwordFile: join(folder, 'password') }
}
