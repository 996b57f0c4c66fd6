import { withJsonEvents } from './json-events.ts'
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
function started(role: 'ingest' | 'learn', events: number, say: (line: string) => void): Promise<number> {
  return withJsonEvents(events, say, async (_, assignment) => {
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
  })
}
