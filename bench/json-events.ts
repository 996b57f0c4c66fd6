import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningBroker, startBroker } from '../src/log/kafka/broker.ts'
import { openKafkaLog } from '../src/log/kafka/kafka-log.ts'
import type { Log } from '../src/log/log.ts'
import { withSettings } from '../src/pipeline/settings.ts'
import { topicSpecs } from '../src/records/topics.ts'
import { findPipeline } from '../src/run/find-pipeline.ts'
import { importSource } from '../src/sources/import-source.ts'

/** What a process of the pipeline is given that works on them, but for its role. */
export interface OnEvents {
  pipeline: 'generated'
  settings: { encoding: 'json'; partitions: number; parts: number }
  data: string
  connection: { brokers: string[] }
}

/** Do something with a broker of its own that holds so many generated events as JSON. */
export async function withJsonEvents<R>(
  events: number,
  say: (line: string) => void,
  work: (log: Log, assignment: OnEvents, broker: RunningBroker) => Promise<R>,
  { partitions = 1, parts = 1, users = 20_000 }: { partitions?: number; parts?: number; users?: number } = {},
): Promise<R> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-bench-'))
  const broker = await startBroker({ folder: join(folder, 'kafka') })
  const log = await openKafkaLog({ brokers: broker.brokers })
  try {
    const settings = { encoding: 'json', partitions, parts } as const
    const definition = withSettings(await findPipeline('generated'), settings)
    await log.ensureTopics(topicSpecs('generated', partitions, 'forever', parts))
    say(`writing ${events.toLocaleString('en')} JSON events to Kafka`)
    const source = `events=${events},users=${users},items=5000,repeats=0.01,late=0.01`
    await importSource({ log, definition, folder: source })
    const connection = { brokers: broker.brokers }
    return await work(log, { pipeline: 'generated', settings, data: join(folder, 'data'), connection }, broker)
  } finally {
    await log.close()
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
