import fc from 'fast-check'
import { openBackend } from '../../../src/nn/backend.ts'
import { play, stories } from './story.ts'

/** Play stories; how many lists there were by arm. */
export async function rulesHold(runs: { numRuns: number; seed: number }): Promise<Map<string, number>> {
  const backend = await openBackend('wasm')
  const made = new Map<string, number>()
  fc.assert(
    fc.property(stories, story => {
      for (const [arm, lists] of play(backend, story)) made.set(arm, (made.get(arm) ?? 0) + lists)
    }),
    // A smaller story is seldom a clearer one, and takes its time.
    { ...runs, endOnFailure: true },
  )
  return made
}
