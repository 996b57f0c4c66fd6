import type { Log } from '../src/log/log.ts'
import { topicsOf } from '../src/records/topics.ts'
import { withJsonEvents } from './json-events.ts'
import { PipelineProcess } from './pipeline-process.ts'
import type { Row } from './results.ts'

/** JSON events in Kafka to committed rows and published sequences, the broker on the same cores. */
export function benchIngest(events: number, say: (line: string) => void): Promise<Row[]> {
  return withJsonEvents(events, say, async (log, assignment) => {
    const read = await readingRate(log, topicsOf('generated').behaviourEvents)
    say('ingesting them')
    const ingest = new PipelineProcess({ ...assignment, role: 'ingest' })
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
  })
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
