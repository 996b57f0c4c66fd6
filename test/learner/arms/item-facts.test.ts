import { expect, test } from 'vitest'
import { itemFacts } from '../../../src/learner/arms/item-facts.ts'

const sharesOf = (kept: ReturnType<typeof itemFacts>, item: number) => {
  const { shareSize, shares } = kept.facts
  return [...shares.subarray(item * shareSize, (item + 1) * shareSize)].flatMap((share, theme) =>
    share === 0 ? [] : [[theme, share] as const],
  )
}

test('tags are themes in equal shares, the same word the same theme', () => {
  const kept = itemFacts()
  kept.describe(0, [], ['tag=Drama', 'tag=War', 'year=1994'])
  kept.describe(1, ['year in 2/4'], ['tag=War'])
  expect(sharesOf(kept, 0)).toEqual([
    [0, 0.5],
    [1, 0.5],
  ])
  expect(sharesOf(kept, 1)).toEqual([[1, 1]])
  const { version } = kept.facts
  kept.describe(0, ['tag=War'], ['tag=War', 'tag=Drama', 'year=1995'])
  expect(kept.facts.version).toBe(version)
})

test('without tags words that count are themes, numbers and their bins are not', () => {
  const kept = itemFacts()
  kept.describe(0, ['category=shoes', 'price=9.9', 'price in 2/4'], ['category=shoes', 'price=9.9', 'title=One'])
  expect(sharesOf(kept, 0)).toEqual([[0, 1]])
})

test('without words the largest coordinates of the vector stand in, by their squares, until there are words', () => {
  const kept = itemFacts()
  kept.place(0, Float32Array.of(0, 3, -4, 0.1, 0.2), 0, 5)
  const shares = sharesOf(kept, 0)
  expect(shares.map(([theme]) => theme)).toEqual([3, 4, 9])
  expect(shares[1]![1]).toBeCloseTo(16 / 25.04, 6)
  kept.describe(0, [], ['tag=Drama'])
  kept.place(0, Float32Array.of(1, 0, 0, 0, 0), 0, 5)
  expect(sharesOf(kept, 0)).toEqual([[0, 1]])
})

test('an item is as old as its first event, and a slot that passes to another begins anew', () => {
  const kept = itemFacts()
  kept.meet(0, 1000)
  kept.meet(0, 5000)
  kept.learned(0, { bias: 0.25, met: 2 })
  const { since, bias, met } = kept.facts
  expect([since[0], bias[0], met[0]]).toEqual([1000, 0.25, 2])
  kept.reset(0)
  expect(kept.facts.since[0]).toBeNaN()
  expect(kept.facts.met[0]).toBe(0)
})

test('what is restored goes on alike', () => {
  const kept = itemFacts()
  kept.describe(0, [], ['tag=Drama'])
  kept.meet(0, 1000)
  const other = itemFacts()
  other.restore(structuredClone(kept.save(1)))
  for (const each of [kept, other]) each.describe(1, [], ['tag=War', 'tag=Drama'])
  expect(sharesOf(other, 1)).toEqual(sharesOf(kept, 1))
  expect(sharesOf(other, 0)).toEqual([[0, 1]])
})

test('themes are called by their words, also after a restart; those that share one say so', () => {
  const kept = itemFacts()
  kept.describe(0, [], ['tag=Drama'])
  kept.describe(1, ['category=shoes'], ['category=shoes'])
  const nameOf = (facts: typeof kept.facts, theme: number) => facts.themeName?.(theme)
  expect([0, 1, 2].map(theme => nameOf(kept.facts, theme))).toEqual(['Drama', 'category=shoes', null])
  for (let k = 0; k < 31; k++) kept.describe(2 + k, [], [`tag=t${k}`])
  const shared = sharesOf(kept, 32)[0]![0]
  expect(nameOf(kept.facts, shared)).toMatch(/^.+ and others$/)
  const other = itemFacts()
  other.restore(structuredClone(kept.save(33)))
  const all = Array.from({ length: 32 }, (_, theme) => theme)
  expect(all.map(theme => nameOf(other.facts, theme))).toEqual(all.map(theme => nameOf(kept.facts, theme)))
})
