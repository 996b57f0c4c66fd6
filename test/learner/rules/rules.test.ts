import { expect, test } from 'vitest'
import { rulesHold } from './hold.ts'

test('no list of any arm breaks a rule, whatever changes, is merged or is restored', async () => {
  const made = await rulesHold({ numRuns: 5, seed: 1 })
  expect(made.size).toBe(9)
}, 60_000)
