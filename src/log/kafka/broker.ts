import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve as resolvePath } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import { type BrokerSettings, chooseSettings, type SecureListeners, writeProperties } from './broker-config.ts'
import { type BrokerRuntime, findBrokerRuntime, kafkaImage, lastLine, run } from './broker-runtime.ts'

/** A Kafka broker that runs for as long as this process wants it. */
export interface RunningBroker {
  /** Addresses for `openKafkaLog`. */
  brokers: string[]
  secureListeners?: SecureListeners
  /** The broker's process; null when it runs in Docker. */
  readonly pid: number | null
  /** End it in order; its data stays in the folder. */
  stop(): Promise<void>
  /** End it as a crash would. */
  kill(): void
  /** Stop it if it runs and start it again on the same ports and data. */
  restart(): Promise<void>
}

interface BrokerOptions {
  /** Where data, settings and the broker's own log go. */
  folder: string
  /** Default: a free one. */
  port?: number
  /** Add SASL and TLS listeners. */
  secure?: boolean
  /** One line at a time about what takes a while. */
  onLine?: (line: string) => void
}

const bootLimitMs = 90_000
/** Where the broker's folder appears inside its container. */
const mounted = '/recstream'

/**
 * Start a real single-node Apache Kafka, by Java and Maven where they are, else by Docker.
 *
 *     const broker = await startBroker({ folder: '.recstream/kafka', port: 9092 })
 *     const log = await openKafkaLog({ brokers: broker.brokers })
 *
 * Caveat: made for development and tests; it listens on 127.0.0.1 only and keeps one copy of everything.
 */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const { port, secure = false, onLine = () => {} } = options
  const folder = resolvePath(options.folder)
  mkdirSync(folder, { recursive: true })
  const runtime = await findBrokerRuntime(onLine)
  const settings = await chooseSettings(folder, port, secure)
  if (settings.secure !== undefined) settings.secure.ca = await makeTls(runtime, settings)
  onLine(`Starting Apache Kafka on 127.0.0.1:${settings.port}`)
  await format(runtime, settings)
  let process = await boot(runtime, settings)

  const broker: RunningBroker = {
    brokers: [`127.0.0.1:${settings.port}`],
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
  if (settings.secure !== undefined) broker.secureListeners = settings.secure
  return broker
}

interface BrokerProcess {
  pid: number | null
  stop(): Promise<void>
  kill(): void
}

async function boot(runtime: BrokerRuntime, settings: BrokerSettings): Promise<BrokerProcess> {
  const { folder } = settings
  const logPath = join(folder, 'broker.log')
  const output = openSync(logPath, 'w')
  const container = `recstream-kafka-${randomBytes(6).toString('hex')}`
  const [command, args, finish] =
    runtime.kind === 'java' ? javaBroker(runtime, folder) : dockerBroker(folder, container)
  const child = spawn(command, args, { stdio: ['ignore', output, output], cwd: folder })
  closeSync(output)
  const ended = new Promise<void>(resolve => {
    child.on('error', () => resolve())
    child.on('exit', () => resolve())
  })
  const kill = () => {
    if (runtime.kind === 'docker') spawn('docker', ['kill', container], { stdio: 'ignore' })
    child.kill('SIGKILL')
  }
  // A broker must not outlive the process that asked for it.
  process.once('exit', kill)
  void ended.then(() => process.off('exit', kill))
  try {
    await untilReady(settings.port, child)
  } catch (error) {
    kill()
    await ended
    throw new RecstreamError(
      'LOG_UNAVAILABLE',
      `Kafka did not start: ${lastLine(readFileSync(logPath, 'utf8'))} (see ${logPath}).`,
      {
        cause: error,
      },
    )
  }
  return {
    pid: child.pid ?? null,
    async stop() {
      child.kill('SIGTERM')
      await ended
      finish()
    },
    kill,
  }
}

const javaFlags = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']

function javaBroker(
  { jars, archive }: { jars: string; archive: string },
  folder: string,
): [string, string[], () => void] {
  // The first orderly stop leaves a class-data archive behind, with which later starts take a third of the time.
  const unfinished = `${archive}.${randomBytes(4).toString('hex')}`
  const archiveFlag = existsSync(archive)
    ? `-XX:SharedArchiveFile=${archive}`
    : `-XX:ArchiveClassesAtExit=${unfinished}`
  const args = [
    ...javaFlags,
    archiveFlag,
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-cp',
    join(jars, '*'),
    'kafka.Kafka',
    join(folder, 'server.properties'),
  ]
  return [
    'java',
    args,
    () => {
      if (!existsSync(unfinished)) return
      if (existsSync(archive)) rmSync(unfinished)
      else renameSync(unfinished, archive)
    },
  ]
}

function dockerBroker(folder: string, container: string): [string, string[], () => void] {
  const args = [
    ...dockerRun(folder),
    '--name',
    container,
    kafkaImage,
    '/opt/kafka/bin/kafka-server-start.sh',
    `${mounted}/server.properties`,
  ]
  return ['docker', args, () => {}]
}

// The host's network, so that the ports that the broker announces are the ports that clients reach.
function dockerRun(folder: string): string[] {
  const user = process.getuid === undefined ? [] : ['--user', `${process.getuid()}:${process.getgid!()}`]
  return ['run', '--rm', '--network', 'host', ...user, '-e', 'LOG_DIR=/tmp', '-v', `${folder}:${mounted}`]
}

async function format(runtime: BrokerRuntime, settings: BrokerSettings): Promise<void> {
  const { folder, secure } = settings
  const docker = runtime.kind === 'docker'
  const properties = writeProperties(settings, docker ? mounted : folder)
  if (existsSync(join(folder, 'data', 'meta.properties'))) return
  // Kafka's own ids never start with a dash, which its argument parser would take for an option.
  const id = randomBytes(16).toString('base64url').replace(/^[-_]/, 'A')
  const users = (secure === undefined ? [] : ['SCRAM-SHA-256', 'SCRAM-SHA-512']).flatMap(mechanism => [
    '--add-scram',
    `${mechanism}=[name=${secure!.username},password=${secure!.password}]`,
  ])
  const args = [
    'format',
    '-t',
    id,
    '-c',
    docker ? `${mounted}/server.properties` : properties,
    '--standalone',
    ...users,
  ]
  const result = docker
    ? await run('docker', [...dockerRun(folder), kafkaImage, '/opt/kafka/bin/kafka-storage.sh', ...args])
    : await run('java', [...javaFlags, '-cp', join(runtime.jars, '*'), 'kafka.tools.StorageTool', ...args], folder)
  if (result?.status !== 0) {
    throw new RecstreamError(
      'LOG_UNAVAILABLE',
      `Kafka's storage could not be formatted: ${lastLine(result?.output ?? '')}`,
    )
  }
}

/** A key and a self-signed certificate for the TLS listeners; the certificate as PEM. */
async function makeTls(runtime: BrokerRuntime, { folder, secure }: BrokerSettings): Promise<string> {
  const tls = join(folder, 'tls')
  const certificate = join(tls, 'ca.pem')
  if (!existsSync(certificate)) {
    mkdirSync(tls, { recursive: true })
    const docker = runtime.kind === 'docker'
    const at = docker ? `${mounted}/tls` : tls
    const store = ['-alias', 'broker', '-keystore', `${at}/broker.p12`, '-storepass', secure!.password]
    const commands = [
      [
        '-genkeypair',
        '-keyalg',
        'RSA',
        '-keysize',
        '2048',
        '-validity',
        '3650',
        '-storetype',
        'PKCS12',
        '-dname',
        'CN=localhost',
      ].concat(['-ext', 'SAN=dns:localhost,ip:127.0.0.1'], store),
      ['-exportcert', '-rfc', '-file', `${at}/ca.pem`, ...store],
    ]
    for (const args of commands) {
      const result = docker
        ? await run('docker', [...dockerRun(folder), kafkaImage, 'keytool', ...args])
        : await run('keytool', args)
      if (result?.status !== 0) {
        throw new RecstreamError(
          'TOOL_MISSING',
          `keytool could not make a key: ${lastLine(result?.output ?? 'it is not installed')}`,
        )
      }
    }
  }
  return readFileSync(certificate, 'utf8')
}

/** A broker opens its client port once the cluster has let it in, so a connection is all the proof there need be. */
async function untilReady(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + bootLimitMs
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
      throw new Error('the broker ended')
    if (await answers(port)) return
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  throw new Error('the broker did not open its port in time')
}

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1' })
    const settle = (result: boolean) => {
      socket.destroy()
      resolve(result)
    }
    socket.on('connect', () => settle(true))
    socket.on('error', () => settle(false))
  })
}
