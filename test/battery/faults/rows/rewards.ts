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

/** Items that few watch, each in a world of its own, where a bot is one event in twenty. */
const worlds: readonly Crowd[] = [180, 200, 220, 160].map((item, k) => ({
  ...{ events: 3_000, users: 150, items: 300, seed: k + 1 },
  item: `i${item}`,
}))

/** The same with so many people that five hundred more, who come once each, are one event in twenty too. */
const largerWorlds = worlds.map(world => ({ ...world, events: 9_600, users: 480 }))

const seen = new Map<readonly Crowd[], Map<Others, Promise<Seen[]>>>()
function inAllOf(worlds: readonly Crowd[], others: Others): Promise<Seen[]> {
  const known = seen.get(worlds) ?? new Map<Others, Promise<Seen[]>>()
  seen.set(worlds, known)
  const made = known.get(others) ?? seenByEach(worlds, others)
  known.set(others, made)
  return made
}

async function seenByEach(worlds: readonly Crowd[], others: Others): Promise<Seen[]> {
  const backend = await openBackend()
  const seen: Seen[] = []
  for (const crowd of worlds) seen.push(await seenBy(crowd, others, { backend, small: true }))
  return seen
}

const trialsOf = (
  kinds: Readonly<Record<string, Others>>,
  how: { among: readonly Crowd[]; judged: 'all' | 'scores' },
): Trial[] =>
  Object.entries(kinds).map(([name, others]) => ({
    name,
    count: 1,
    async run(): Promise<Tried> {
      const [clean, control] = [await inAllOf(how.among, nobodyElse), await inAllOf(how.among, oneEventMore)]
      const seen = { clean, control, others: await inAllOf(how.among, others) }
      const differences = unfair(seen, how.judged)
      return { tried: 1, held: differences.length === 0 ? 1 : 0, differences, measured: figures(seen) }
    },
  }))

const crowds = [
  ...trialsOf(noRewards, { among: worlds, judged: 'all' }),
  ...trialsOf(bots, { among: worlds, judged: 'all' }),
  ...trialsOf(signFlippers, { among: largerWorlds, judged: 'all' }),
  // Five hundred are five hundred: what they can buy is measured, not bounded.
  ...trialsOf(sybils, { among: worlds, judged: 'scores' }),
]

export const rewards: Row = {
  name: 'rewards',
  what: 'rewards that are no numbers or beyond their range, bots, 500 who turn their signs round, 500 who push one item',
  wanted: rewardTests.wanted + crowds.length,
  slice: [...rewardTests.slice, 'test/promises/fair-lists.test.ts'],
  trials: [...rewardTests.trials, ...crowds],
}
