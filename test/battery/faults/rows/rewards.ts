import { openBackend } from '../../../../src/nn/backend.ts'
import {
  bots,
  type Crowd,
  nobodyElse,
  noRewards,
  type Others,
  oneEventMore,
  type Seen,
  seenBy,
  signFlippers,
  sybils,
} from '../../../promises/crowds.ts'
import { figures, unfair } from '../../../promises/fair-lists.ts'
import type { Row, Trial, Tried } from '../row.ts'
import { rewardTests } from './held-by-tests.ts'

/** Items that few watch, each in a world of its own. */
const worlds: readonly Crowd[] = [180, 200, 220, 160].map((item, k) => ({
  ...{ events: 3_000, users: 150, items: 300, seed: k + 1 },
  item: `i${item}`,
}))

const seenIn = new Map<Others, Promise<Seen[]>>()
function inAllWorlds(others: Others): Promise<Seen[]> {
  const known = seenIn.get(others)
  if (known !== undefined) return known
  const made = (async () => {
    const backend = await openBackend()
    const seen: Seen[] = []
    for (const crowd of worlds) seen.push(await seenBy(crowd, others, { backend, small: true }))
    return seen
  })()
  seenIn.set(others, made)
  return made
}

const trialsOf = (kinds: Readonly<Record<string, Others>>, judged: 'all' | 'scores' = 'all'): Trial[] =>
  Object.entries(kinds).map(([name, others]) => ({
    name,
    count: 1,
    async run(): Promise<Tried> {
      const [clean, control] = [await inAllWorlds(nobodyElse), await inAllWorlds(oneEventMore)]
      const seen = { clean, control, others: await inAllWorlds(others) }
      const differences = unfair(seen, judged)
      return { tried: 1, held: differences.length === 0 ? 1 : 0, differences, measured: figures(seen) }
    },
  }))

const crowds = [
  ...trialsOf(noRewards),
  ...trialsOf(bots),
  ...trialsOf(signFlippers),
  // Five hundred are five hundred: what they can buy is measured, not bounded.
  ...trialsOf(sybils, 'scores'),
]

export const rewards: Row = {
  name: 'rewards',
  what: 'rewards that are no numbers or beyond their range, bots, 500 who turn their signs round, 500 who push one item',
  wanted: rewardTests.wanted + crowds.length,
  slice: [...rewardTests.slice, 'test/promises/fair-lists.test.ts'],
  trials: [...rewardTests.trials, ...crowds],
}
