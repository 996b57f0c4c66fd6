import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBroker } from '../src/log/kafka/broker.ts'
import { openKafkaLog } from '../src/log/kafka/kafka-log.ts'
import type { Log } from '../src/log/log.ts'
import { withSettings } from '../src/pipeline/settings.ts'
import { topicSpecs, topicsOf } from '../src/records/topics.ts'
import { findPipeline } from '../src/run/find-pipeline.ts'
import { importSource } from '../src/sources/import-source.ts'
import { PipelineProcess } from './pipeline-process.ts'
import type { Row } from './results.ts'

/** JSON events in Kafka to committed rows and published sequences, the broker on the same cores. */
export async function benchIngest(events: number, say: (line: string) => void): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-bench-'))
  const broker = await startBroker({ folder: join(folder, 'kafka') })
  const log = await openKafkaLog({ brokers: broker.brokers })
  try {
    const settings = { encoding: 'json' }
    const definition = withSettings(await findPipeline('generated'), settings)
    await log.ensureTopics(topicSpecs('generated', 1))
    say(`writing ${events.toLocaleString('en')} JSON events to Kafka`)
    const source = `events=${events},users=20000,items=5000,repeats=0.01,late=0.01`
    await importSource({ log, definition, folder: source })
    const read = await readingRate(log, topicsOf('generated').behaviourEvents)
    say('ingesting them')
    const ingest = new PipelineProcess({
      role: 'ingest',
      pipeline: 'generated',
      settings,
      data: join(folder, 'data'),
      connection: { brokers: broker.brokers },
    })
    await ingest.next('ready')
    const started = performance.now()
    await ingest.ask({ type: 'drain' }, 'drained')
    const seconds = (performance.now() - started) / 1000
    const { stageTimes } = await ingest.next('ingested')
    const peak = await ingest.stop()
    const rate = events / seconds
    const total = Object.values(stageTimes).reduce((sum, time) => sum + time, 0)
    return [
      { what: 'ingest alone: JSON in Kafka → committed rows and published sequences', value: rate, unit: 'events/s' },
      { what: 'the same, as a share of only reading those records', value: rate / read, unit: 'ratio' },
      ...Object.entries(stageTimes).map(([stage, time]) => ({
        what: `– ${stage}: of the measured time`,
        value: time / total,
        unit: 'ratio' as const,
      })),
      { what: 'ingest alone: peak memory', value: peak, unit: 'MiB' },
    ]
  } finally {
    await log.close()
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function readingRate(log: Log, topic: string): Promise<number> {
  const reader = await log.reader([{ topic, partition: 0, offset: 0 }])
  const started = performance.now()
  let count = 0
  for (;;) {
    const records = await reader.read(100)
    count += records.length
    if (records.length === 0 && (await reader.caughtUp())) break
  }
  const seconds = (performance.now() - started) / 1000
  await reader.close()
  return count / seconds
}
