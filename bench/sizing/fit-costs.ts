import type { Measured } from '../shards.ts'
import type { IngestCosts } from './cost-model.ts'

/** Runs that costs are fitted to; one in four shards is kept apart, to hold the model to. */
export interface FitRuns {
  /** Almost only profiles and items, in one part. */
  records: Measured & { records: number }
  whole: Measured
  one: Measured
  two: Measured
  /** Profiles and items in each of the others. */
  recordsEach: number
}

/** Costs of ingest, from what was measured. */
export function fitCosts({ records, whole, one, two, recordsEach }: FitRuns): IngestCosts {
  // All that more parts take is put on what every one of them reads.
  const read = Math.max(0, ((one.cpu - whole.cpu) * 1e6) / ((one.parts - whole.parts) * recordsEach))
  const record = { read, told: Math.max(0, (records.cpu * 1e6) / records.records - read) }
  const ofEvents = ({ cpu, parts, events }: Measured) =>
    (cpu * 1e6 - recordsEach * (record.told + parts * record.read)) / events
  const event = (ofEvents(whole) + ofEvents(one)) / 2
  return {
    event,
    record,
    process: Math.max(0, ofEvents(two) / event - 1),
    broker: (whole.broker * 1e6) / whole.events,
    width: (whole.cpu / whole.seconds + one.cpu / one.seconds) / 2,
    memory: fitMemory([whole, one, two]),
  }
}

/** Least squares of peak = shards × process + parts × part. */
function fitMemory(runs: readonly Measured[]): IngestCosts['memory'] {
  const sum = (of: (run: Measured) => number) => runs.reduce((total, run) => total + of(run), 0)
  const [ss, sp, pp] = [sum(run => run.shards ** 2), sum(run => run.shards * run.parts), sum(run => run.parts ** 2)]
  const [sy, py] = [sum(run => run.shards * run.peak), sum(run => run.parts * run.peak)]
  const determinant = ss * pp - sp ** 2
  return { process: (sy * pp - sp * py) / determinant, part: (ss * py - sp * sy) / determinant }
}
