import type { Outcome, World } from './world/world.ts'

/**
 * Whoever chooses what the people of one world see.
 *
 *     const item = policy.choose(slot)
 *     policy.observe(slot, item, world.show(slot, item))
 */
export interface Policy {
  /** The item for the person in a slot now, one that is not barred. */
  choose(slot: number): number
  /** What came of showing it. */
  observe(slot: number, item: number, outcome: Outcome): void
}

/** Makes a policy for a world; `seed` is of its own chance, if it has any. */
export type PolicyFor = (world: World, seed: number) => Policy
