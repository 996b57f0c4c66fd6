import type { MakeBaseline } from './baseline.ts'
import { easeWithRecency } from './linear.ts'
import { itemNeighbours, repeatLast, sequentialRules } from './neighbours.ts'
import { decayedPopularity } from './popular.ts'
import { sessionNeighbours } from './session-neighbours.ts'

/** What served lists are held against, by name. */
export const servedBaselines: Readonly<Record<string, MakeBaseline>> = {
  'decayed popularity': ({ items }) => decayedPopularity(items, 2_000, () => true),
  'slowly decayed popularity': ({ items }) => decayedPopularity(items, 20_000, () => true),
  'decayed popularity of targets': ({ items }) => decayedPopularity(items, 2_000, event => event.target),
  'item-kNN': itemNeighbours,
  'sequential rules': sequentialRules,
  'V-SkNN': sessionNeighbours,
  'EASE with recency': easeWithRecency,
  'repeat last': repeatLast,
}
