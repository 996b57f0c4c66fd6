import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../../src/log/kafka/broker-config.ts'
import { answers } from '../../src/log/kafka/broker-process.ts'
import { findBrokerRuntime } from '../../src/log/kafka/broker-runtime.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { until } from '../promises/command.ts'

export interface OldBroker {
  brokers: string[]
  dispose(): Promise<void>
}

const limitMs = 180_000

/** A broker of a version that needs ZooKeeper, which is started with it; not by Docker, which has no image of them. */
export async function startOldBroker(version: string): Promise<OldBroker> {
  const runtime = await findBrokerRuntime(version)
  if (runtime.kind === 'docker') throw new Error(`Kafka ${version} needs Java and Maven`)
  const folder = mkdtempSync(join(tmpdir(), `recstream-kafka-${version}-`))
  const [keeper, port] = (await freePorts(2)) as [number, number]
  const jars = join(runtime.jars, '*')
  const zookeeper = await program(folder, keeper, {
    words: ['-cp', jars, 'org.apache.zookeeper.server.quorum.QuorumPeerMain'],
    settings: {
      ...{ dataDir: join(folder, 'zookeeper'), clientPort: keeper, clientPortAddress: '127.0.0.1' },
      'admin.enableServer': false,
    },
  })
  const broker = await program(folder, port, {
    words: ['-cp', jars, 'kafka.Kafka'],
    settings: {
      'broker.id': 1,
      'zookeeper.connect': `127.0.0.1:${keeper}`,
      listeners: `PLAINTEXT://127.0.0.1:${port}`,
      'log.dirs': join(folder, 'data'),
      'auto.create.topics.enable': false,
      'offsets.topic.replication.factor': 1,
      'offsets.topic.num.partitions': 4,
      'transaction.state.log.replication.factor': 1,
      'transaction.state.log.min.isr': 1,
      'transaction.state.log.num.partitions': 4,
      'group.initial.rebalance.delay.ms': 0,
      'log.cleaner.dedupe.buffer.size': 2_097_152,
    },
  })
  const brokers = [`127.0.0.1:${port}`]
  await until('the broker to answer', () => answersClients(brokers), limitMs)
  return {
    brokers,
    async dispose() {
      await broker()
      await zookeeper()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** It opens its port some time before it knows what it leads. */
async function answersClients(brokers: string[]): Promise<boolean> {
  try {
    await (await openKafkaLog({ brokers })).close()
    return true
  } catch {
    return false
  }
}

/** Run one until it takes connections; what ends it. */
async function program(
  folder: string,
  port: number,
  { words, settings }: { words: string[]; settings: Record<string, string | number | boolean> },
): Promise<() => Promise<void>> {
  const path = join(folder, `${words.at(-1)}.properties`)
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  writeFileSync(path, `${lines.join('\n')}\n`)
  const logPath = join(folder, `${words.at(-1)}.log`)
  const output = openSync(logPath, 'w')
  const flags = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
  const logging = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'
  const child = spawn('java', [...flags, logging, ...words, path], { stdio: ['ignore', output, output], cwd: folder })
  closeSync(output)
  const ended = new Promise<void>(resolve => child.on('exit', () => resolve()))
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  void ended.then(() => process.off('exit', kill))
  await until(
    `${words.at(-1)} to take connections`,
    () => {
      if (child.exitCode !== null) throw new Error(readFileSync(logPath, 'utf8').slice(-2_000))
      return answers(port)
    },
    limitMs,
  )
  return async () => {
    child.kill('SIGTERM')
    await ended
  }
}
