import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBroker } from '../src/log/kafka/broker.ts'
import { openKafkaLog } from '../src/log/kafka/kafka-log.ts'
import { withSettings } from '../src/pipeline/settings.ts'
import { topicSpecs } from '../src/records/topics.ts'
import { findPipeline } from '../src/run/find-pipeline.ts'
import { importSource } from '../src/sources/import-source.ts'
import { PipelineProcess } from './pipeline-process.ts'
import type { Row } from './results.ts'

const rounds = 5
/** The learner has what it has whatever it learned from; this fills its tables. */
const learned = 100_000

/** How long ingest and the learner take to be ready and have nothing left to do, started again with so many events behind them. */
export async function benchRestart(events: number, say: (line: string) => void): Promise<Row[]> {
  const ingested = await started('ingest', events, say)
  const trained = await started('learn', Math.min(events, learned), say)
  return [
    {
      what: `ingest, started again with ${events.toLocaleString('en')} events behind it: median`,
      value: ingested,
      unit: 'ms',
    },
    { what: `the learner, with ${Math.min(events, learned).toLocaleString('en')}: median`, value: trained, unit: 'ms' },
  ]
}

/** Median time of a process's starts, ms. */
async function started(role: 'ingest' | 'learn', events: number, say: (line: string) => void): Promise<number> {
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
    const assignment = {
      pipeline: 'generated',
      settings,
      data: join(folder, 'data'),
      connection: { brokers: broker.brokers },
    }
    const drained = async (which: 'ingest' | 'learn'): Promise<number> => {
      const began = performance.now()
      const process = new PipelineProcess({ ...assignment, role: which })
      await process.ask({ type: 'drain' }, 'drained')
      const took = performance.now() - began
      await process.stop()
      return took
    }
    say('ingesting them')
    await drained('ingest')
    if (role === 'learn') {
      say('learning from them')
      await drained('learn')
    }
    const took: number[] = []
    for (let round = 0; round < rounds; round++) took.push(await drained(role))
    return took.sort((a, b) => a - b)[rounds >> 1]!
  } finally {
    await log.close()
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
