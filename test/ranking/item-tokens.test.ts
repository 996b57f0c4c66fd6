import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bestWidth, type ItemTokens, itemTokens, newestWidth, perItem } from '../../src/ranking/item-tokens.ts'

/** Tokens of `count` items whose ranks are what a test says. */
function started(count: number) {
  const ranks = new Float64Array(count)
  const tokens = itemTokens(item => ranks[item]!)
  for (let item = 0; item < count; item++) tokens.reset(item)
  const pick = (item: number, rank: number) => {
    ranks[item] = rank
    tokens.event(item, 1)
  }
  return { tokens, ranks, pick }
}
const bestOf = ({ ofItems, best }: ItemTokens, item: number) => {
  const from = bestWidth * ofItems[perItem * item]!
  return [...best.subarray(from, from + bestWidth)].filter(each => each >= 0)
}
const newestOf = ({ ofItems, newest }: ItemTokens, item: number) => {
  const from = newestWidth * ofItems[perItem * item]!
  return [...newest.subarray(from, from + newestWidth)].filter(each => each >= 0)
}

test('the best of a token stand first, the newest beside them', () => {
  const { tokens, pick } = started(4)
  for (const item of [0, 1, 2, 3]) tokens.describe(item, ['brand=Ash'])
  pick(2, 1)
  pick(0, 3)
  pick(1, 2)
  expect(bestOf(tokens, 0)).toEqual([0, 1, 2])
  expect(newestOf(tokens, 0)).toEqual([3, 2, 1, 0])
  pick(0, -1)
  expect(bestOf(tokens, 0)).toEqual([1, 2, 0])
})

test('an item that is described anew leaves the lists of what it was', () => {
  const { tokens, pick } = started(2)
  tokens.describe(0, ['brand=Ash'])
  tokens.describe(1, ['brand=Ash'])
  pick(0, 1)
  tokens.describe(0, ['brand=Oak'])
  expect([bestOf(tokens, 0), bestOf(tokens, 1), newestOf(tokens, 0), newestOf(tokens, 1)]).toEqual([[0], [], [0], [1]])
})

test('vectors that point the same way have tokens in common, others hardly', () => {
  const { tokens } = started(3)
  tokens.measure(0, ['#vector=1,0.2,-0.5,0.3,0.9,-1'])
  tokens.measure(1, ['#vector=1.1,0.2,-0.5,0.3,0.95,-1'])
  tokens.measure(2, ['#vector=-1,-0.2,0.5,-0.3,-0.9,1'])
  const of = (item: number) => [...tokens.ofItems.subarray(perItem * item, perItem * (item + 1))].filter(id => id >= 0)
  const common = (a: number, b: number) => of(a).filter(id => of(b).includes(id)).length
  expect([common(0, 1) >= 3, common(0, 2)]).toEqual([true, 0])
})

test('a name with more values than there is room for takes no more of it', () => {
  const { tokens } = started(5_000)
  for (let item = 0; item < 5_000; item++) tokens.describe(item, [`sku=${item}`, 'kind=all'])
  expect(tokens.size).toBe(4_096 + 1)
})

test('whatever comes, no list holds an item that does not have its token, and restored ones go on alike', () => {
  const step = fc.record({
    what: fc.constantFrom('describe', 'event', 'exchange', 'reset'),
    item: fc.integer({ min: 0, max: 39 }),
    other: fc.integer({ min: 0, max: 5 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), steps => {
      const first = started(40)
      let { tokens } = first
      for (const { what, item, other } of steps) {
        if (what === 'describe') tokens.describe(item, [`brand=${other}`, `kind=${item % 2}`])
        if (what === 'event') {
          first.ranks[item]! += other - 2
          tokens.event(item, Math.max(0, other - 2))
        }
        if (what === 'exchange') {
          tokens.exchanged(item, other)
          ;[first.ranks[item], first.ranks[other]] = [first.ranks[other]!, first.ranks[item]!]
        }
        if (what === 'reset') {
          first.ranks[item] = 0
          tokens.reset(item)
        }
        const again = itemTokens(each => first.ranks[each]!)
        again.restore(tokens.save(40))
        expect(again.save(40)).toEqual(tokens.save(40))
        tokens = again
      }
      for (let token = 0; token < tokens.size; token++) {
        for (const [list, width] of [
          [tokens.best, bestWidth],
          [tokens.newest, newestWidth],
        ] as const) {
          const held = [...list.subarray(token * width, (token + 1) * width)].filter(each => each >= 0)
          expect(new Set(held).size).toBe(held.length)
          for (const each of held) {
            expect([...tokens.ofItems.subarray(perItem * each, perItem * (each + 1))]).toContain(token)
          }
        }
      }
    }),
    { numRuns: 60 },
  )
})
