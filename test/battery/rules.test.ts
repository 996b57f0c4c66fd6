import { expect, test } from 'vitest'
import { rulesHold } from '../learner/rules/hold.ts'

/** Stories that are played; a hundred take about two minutes. */
const numRuns = Number(process.env['RECSTREAM_RUNS'] ?? 1) * 100
const seed = Number(process.env['RECSTREAM_SEED'] ?? 1)

test(`no list of any arm breaks a rule (${numRuns} stories from seed ${seed})`, async () => {
  const made = await rulesHold({ numRuns, seed })
  expect(made.size).toBe(9)
})
