import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import type { BrokerSettings } from './broker-config.ts'
import { dockerRun, inContainer } from './broker-docker.ts'
import { type BrokerRuntime, lastLine } from './broker-runtime.ts'

const bootLimitMs = 90_000
const stopLimitMs = 15_000

/** A broker's process from its boot to its end. */
export interface BrokerProcess {
  pid: number | null
  stop(): Promise<void>
  kill(): void
}

/** Start a broker whose storage is there; resolves once it takes clients. */
export async function boot(runtime: BrokerRuntime, settings: BrokerSettings): Promise<BrokerProcess> {
  const { folder, cluster } = settings
  const logPath = join(folder, 'broker.log')
  const output = openSync(logPath, 'w')
  const container = `recstream-kafka-${randomBytes(6).toString('hex')}`
  const [command, args, finish] =
    runtime.kind === 'java' ? javaBroker(runtime, settings) : dockerBroker(runtime.image, settings, container)
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
      // Without a majority nobody lets it go in order, and it would wait for minutes; what it holds is with the system.
      const late = cluster.length === 1 ? undefined : setTimeout(kill, stopLimitMs)
      await ended
      clearTimeout(late)
      finish(child.signalCode === 'SIGKILL')
    },
    kill,
  }
}

/** Small and quick. */
export const javaFlags = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']
// Several together take no more than a gigabyte or so.
const heapOf = (brokers: number) => (brokers === 1 ? '-Xmx512m' : '-Xmx256m')

function javaBroker(
  { jars, archive }: { jars: string; archive: string },
  { folder, cluster }: BrokerSettings,
): [string, string[], (killed: boolean) => void] {
  // The first orderly stop leaves a class-data archive behind, with which later starts take a third of the time.
  const unfinished = `${archive}.${randomBytes(4).toString('hex')}`
  const archiveFlag = existsSync(archive)
    ? `-XX:SharedArchiveFile=${archive}`
    : `-XX:ArchiveClassesAtExit=${unfinished}`
  const args = [
    ...javaFlags,
    heapOf(cluster.length),
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
    killed => {
      if (!existsSync(unfinished)) return
      if (existsSync(archive) || killed) rmSync(unfinished)
      else renameSync(unfinished, archive)
    },
  ]
}

function dockerBroker(
  image: string,
  settings: BrokerSettings,
  container: string,
): [string, string[], (killed: boolean) => void] {
  const args = [
    ...dockerRun(settings),
    ...['-e', `KAFKA_HEAP_OPTS=${heapOf(settings.cluster.length)}`, '--name', container, image],
    ...['/opt/kafka/bin/kafka-server-start.sh', inContainer(settings, join(settings.folder, 'server.properties'))],
  ]
  return ['docker', args, () => {}]
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

/** Whether something takes connections at this port. */
export function answers(port: number): Promise<boolean> {
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
