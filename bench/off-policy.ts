import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPopulation } from '../src/lab/simulate/open-population.ts'
import { worlds } from '../src/lab/simulate/world/settings.ts'
import { openWarehouse } from '../src/warehouse/open-warehouse.ts'
import { runQuery } from '../src/warehouse/sql/run-query.ts'
import { type Logging, logWorld } from '../test/promises/logged-world.ts'
import { landChoices } from '../test/warehouse/choices.ts'
import type { Row } from './results.ts'

const loggings: Record<string, Logging> = {
  'softmax (.3) with 30% uniform': { kind: 'softmax', temperature: 0.3, uniform: 0.3 },
  'softmax (1)': { kind: 'softmax', temperature: 1, uniform: 0 },
  'greedy with 10% uniform': { kind: 'greedy', uniform: 0.1 },
}

/**
 * What another policy would bring, estimated by the warehouse's macros from the log of one, against what the simulated world
 * knows: 30,720 choices for 256 people at once in the world `full`.
 */
export async function benchOffPolicy(say: (line: string) => void): Promise<Row[]> {
  const population = await openPopulation()
  const rows: Row[] = []
  for (const [name, logging] of Object.entries(loggings)) {
    say(name)
    const settings = { population, settings: worlds.full, slots: 256, steps: 120, seed: 1 }
    const { choices, truth } = logWorld(settings, logging)
    const folder = mkdtempSync(join(tmpdir(), 'recstream-bench-'))
    try {
      const paths = { file: join(folder, 'w.duckdb'), snapshots: join(folder, 's'), archive: join(folder, 'a') }
      const warehouse = await openWarehouse(paths)
      await landChoices(warehouse, choices)
      const snapshot = await warehouse.snapshot()
      await warehouse.close()
      const sql = `SELECT estimator, estimate, standard_error, effective_sample_size, warning FROM off_policy('target')`
      const { rows: estimates } = await runQuery({ snapshot, sql, limits: { memoryMb: 1024 } })
      const [, , , ess, warning] = estimates[0]!
      rows.push({ what: `logged by ${name}: truth`, value: truth, unit: 'reward' })
      for (const [estimator, estimate, error] of estimates) {
        rows.push({
          what: `– ${String(estimator).replace('_', ' ')}`,
          value: Number(estimate),
          unit: 'reward',
          error: Number(error),
        })
      }
      rows.push({
        what: `– effective sample size${warning === null ? '' : `: ${warning}`}`,
        value: Number(ess),
        unit: 'rows',
      })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return rows
}
