import { openBackend } from '../../../../src/nn/backend.ts'
import {
  bots,
  type Crowd,
  manyPeople,
  nobodyElse,
  noRewards,
  type Others,
  oneEventMore,
  type Seen,
  seenBy,
} from '../../../promises/crowds.ts'
import { unfair } from '../../../promises/fair-lists.ts'
import { type Row, trialOf } from '../row.ts'
import { rewardTests } from './held-by-tests.ts'

/** Items that few watch, each in a world of its own. */
const worlds: readonly Crowd[] = [180, 200, 220, 160, 240, 140].map((item, k) => ({
  ...{ events: 6_000, users: 300, items: 300, seed: k + 1 },
  item: `i${item}`,
}))

const seenIn = new Map<Others, Promise<Seen[]>>()
function inAllWorlds(others: Others): Promise<Seen[]> {
  const known = seenIn.get(others)
  if (known !== undefined) return known
  const made = (async () => {
    const backend = await openBackend()
    const seen: Seen[] = []
    for (const crowd of worlds) seen.push(await seenBy(crowd, others, { backend }))
    return seen
  })()
  seenIn.set(others, made)
  return made
}

const trialsOf = (kinds: Readonly<Record<string, Others>>) =>
  Object.entries(kinds).map(([name, others]) =>
    trialOf(name, async () => {
      const [clean, control] = [await inAllWorlds(nobodyElse), await inAllWorlds(oneEventMore)]
      const seen = await inAllWorlds(others)
      const told = process.env['RECSTREAM_FIGURES'] === undefined ? [] : [clean, control, seen]
      if (told.length > 0)
        console.error(
          name,
          JSON.stringify(
            told.map(each =>
              each.map(s => [
                s.pushed,
                s.lists,
                +s.moved.toFixed(3),
                s.kept,
                s.errors['ensemble']!.toFixed(4),
                s.errors[s.champion]!.toFixed(4),
              ]),
            ),
          ),
        )
      return unfair({ clean, control, others: seen })
    }),
  )

const crowds = [...trialsOf(noRewards), ...trialsOf(bots), ...trialsOf(manyPeople)]

export const rewards: Row = {
  name: 'rewards',
  what: 'rewards that are no numbers or beyond their range, bots, 500 who turn their signs round, 500 who push one item',
  wanted: rewardTests.wanted + crowds.length,
  slice: [...rewardTests.slice, 'test/promises/fair-lists.test.ts'],
  trials: [...rewardTests.trials, ...crowds],
}
