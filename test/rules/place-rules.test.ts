import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawUnderRules, firstPlaceUnderRules } from '../../src/agents/draw-under-rules.ts'
import { drawList } from '../../src/ranking/explore.ts'
import { type PlaceRules, placeRules } from '../../src/rules/place-rules.ts'
import { seededRandom } from '../../src/state/random.ts'

const nothing = { caps: [], pins: [], spreads: [] }

/** A list of the items in their order, as far as the rules let them stand there. */
function filled(places: PlaceRules, length: number, items: readonly number[]): number[] {
  places.begin()
  places.admit(items, 0, items.length)
  const left = [...items]
  const open = new Int32Array(items.length)
  const list: number[] = []
  while (list.length < length) {
    const held = places.open(left, left.length, open)
    if (held === 0) break
    const [item] = left.splice(open[0]!, 1)
    places.take(item!)
    list.push(item!)
  }
  return list
}

/** Items 0 … 9, of which each three in a row are of one brand. */
const items = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
const brand = (item: number) => [Math.floor(item / 3)]

test('a cap holds in the whole list, or in its first places', () => {
  const cap = { most: 1, first: Number.POSITIVE_INFINITY, keys: brand }
  expect(filled(placeRules(10, { ...nothing, caps: [cap] }), 10, items)).toEqual([0, 3, 6, 9])
  expect(filled(placeRules(10, { ...nothing, caps: [{ ...cap, first: 3 }] }), 10, items)).toEqual([
    ...[0, 3, 6],
    ...[1, 2, 4, 5, 7, 8, 9],
  ])
})

test('an item without a key is no item more of any, and one with several counts for each', () => {
  const keys = (item: number) => (item < 4 ? [] : [item % 2, 7])
  const caps = [{ most: 2, first: Number.POSITIVE_INFINITY, keys }]
  expect(filled(placeRules(10, { ...nothing, caps }), 10, items)).toEqual([0, 1, 2, 3, 4, 5])
})

test('a pinned place shows what fits, and what alone fits waits for it', () => {
  const pins = [{ place: 3, matches: (item: number) => item === 0 }]
  expect(filled(placeRules(4, { ...nothing, pins }), 4, items)).toEqual([1, 2, 0, 3])
})

test('what waits for a pin keeps its room in a cap', () => {
  const pins = [{ place: 3, matches: (item: number) => item === 2 }]
  const caps = [{ most: 1, first: Number.POSITIVE_INFINITY, keys: brand }]
  expect(filled(placeRules(4, { ...nothing, caps, pins }), 4, items)).toEqual([3, 6, 2, 9])
})

test('a pin that nothing fits, and one behind the end, change nothing', () => {
  const pins = [
    { place: 2, matches: () => false },
    { place: 9, matches: (item: number) => item === 0 },
  ]
  expect(filled(placeRules(4, { ...nothing, pins }), 4, items)).toEqual([0, 1, 2, 3])
})

test('what waits is shown rather than nothing', () => {
  const pins = [{ place: 3, matches: (item: number) => item === 0 }]
  expect(filled(placeRules(4, { ...nothing, pins }), 4, [0])).toEqual([0])
})

test('items like those above lose more the more they have in common', () => {
  const tags: Record<number, number[]> = { 0: [1, 2], 1: [1, 2], 2: [2, 3], 3: [4] }
  const places = placeRules(4, { ...nothing, spreads: [{ strength: 0.5, keys: item => tags[item]! }] })
  places.begin()
  places.admit([0, 1, 2, 3], 0, 4)
  expect([0, 1, 2, 3].map(places.loss)).toEqual([0, 0, 0, 0])
  places.take(0)
  expect([1, 2, 3].map(places.loss)).toEqual([1, 1 / 3, 0])
})

/** Random rules over 12 items: keys of caps and spreads, what pins fit. */
const someRules = fc.record({
  keys: fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 2 }), { minLength: 12, maxLength: 12 }),
  caps: fc.array(fc.record({ most: fc.integer({ min: 1, max: 3 }), first: fc.integer({ min: 1, max: 9 }) }), {
    maxLength: 3,
  }),
  pins: fc.array(
    fc.record({
      place: fc.integer({ min: 1, max: 9 }),
      fits: fc.array(fc.integer({ min: 0, max: 11 }), { maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
  strength: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
})

function made({ keys, caps, pins, strength }: typeof someRules extends fc.Arbitrary<infer T> ? T : never) {
  const of = (item: number) => [...new Set(keys[item]!)]
  return {
    caps: caps.map(cap => ({ ...cap, keys: of })),
    pins: pins.map(({ place, fits }) => ({ place, matches: (item: number) => fits.includes(item) })),
    spreads: [{ strength, keys: of }],
  }
}

test('no list breaks a cap, misses a pin that can be met, or ends while something may stand', () => {
  fc.assert(
    fc.property(someRules, fc.integer({ min: 1, max: 9 }), fc.nat(), fc.boolean(), (given, length, seed, ofAgent) => {
      const rules = made(given)
      const places = placeRules(length, rules)
      const random = seededRandom(seed, 'test')
      const keys = Float64Array.from({ length: 12 }, () => random.normal())
      const twelve = Array.from({ length: 12 }, (_, item) => item)
      places.begin()
      places.admit(twelve, 0, 12)
      const all = { items: twelve, count: 12, length, places, span: 2 }
      const list = ofAgent
        ? drawUnderRules(
            { scores: keys, count: 12, allowed: () => true },
            { lift: item => item % 2, places },
            length,
            { epsilon: 0.2, temperature: seed % 2 },
            random.uniform,
          ).map(({ item }) => item)
        : drawList(all, keys, { epsilon: 0.2, newItems: 0.1, isNew: item => item > 9 }, random).map(
            ({ index }) => index,
          )

      const room = (item: number, at: number) =>
        rules.caps.every(
          ({ most, first, keys }) =>
            at >= first ||
            keys(item).every(key => list.slice(0, at).filter(other => keys(other).includes(key)).length < most),
        )
      for (const [at, item] of list.entries()) {
        expect(room(item, at)).toBe(true)
        const pin = rules.pins.filter(({ place }) => place === at + 1)
        const left = twelve.filter(other => !list.slice(0, at).includes(other) && room(other, at))
        if (pin.some(({ matches }) => left.some(matches))) expect(pin.some(({ matches }) => matches(item))).toBe(true)
      }
      expect(new Set(list).size).toBe(list.length)
      const rest = twelve.filter(item => !list.includes(item) && room(item, list.length))
      if (list.length < length) expect(rest).toEqual([])
    }),
    { numRuns: 300 },
  )
})

/** How often each list of two is drawn, less the product of what it states. */
function furthestOff(draw: () => { item: number; propensity: number }[], runs: number): number {
  const drawn = new Map<string, { times: number; stated: number }>()
  for (let run = 0; run < runs; run++) {
    const list = draw()
    const name = list.map(({ item }) => item).join(' ')
    const stated = list.reduce((product, { propensity }) => product * propensity, 1)
    drawn.set(name, { times: (drawn.get(name)?.times ?? 0) + 1, stated })
  }
  const total = [...drawn.values()].reduce((sum, { stated }) => sum + stated, 0)
  expect(total).toBeGreaterThan(0.97)
  expect(total).toBeLessThan(1 + 1e-9)
  return Math.max(...[...drawn.values()].map(({ times, stated }) => Math.abs(times / runs - stated)))
}

/** Two of a brand at most one, item 4 in the second place or 5, likeness by brand. */
const strict = {
  caps: [{ most: 1, first: 2, keys: (item: number) => [item >> 1] }],
  pins: [{ place: 2, matches: (item: number) => item >= 4 }],
  spreads: [{ strength: 0.3, keys: (item: number) => [item % 3] }],
}

test('lists under rules are drawn as often as their propensities say', () => {
  const places = placeRules(2, strict)
  const random = seededRandom(1, 'test')
  const six = [0, 1, 2, 3, 4, 5]
  const keys = Float64Array.of(0.4, 1, 0.6, 0.2, 0.9, 0.8)
  const exploring = { epsilon: 0.4, newItems: 0.2, isNew: (item: number) => item === 3 || item === 5 }
  const champion = () => {
    places.begin()
    places.admit(six, 0, 6)
    const draws = drawList({ items: six, count: 6, length: 2, places, span: 0.8 }, keys, exploring, random)
    return draws.map(({ index, propensity }) => ({ item: index, propensity }))
  }
  expect(furthestOff(champion, 20_000)).toBeLessThan(0.012)
  for (const temperature of [0, 0.5]) {
    const rules = { lift: (item: number) => (item === 2 ? Math.log(3) : 0), places }
    const scored = { scores: keys, count: 6, allowed: (item: number) => item !== 0 }
    const agent = () => drawUnderRules(scored, rules, 2, { epsilon: 0.3, temperature }, random.uniform)
    expect(furthestOff(agent, 20_000)).toBeLessThan(0.012)
    const first = firstPlaceUnderRules(scored, rules, { epsilon: 0.3, temperature }, new Float64Array(6))
    for (const { item, propensity } of Array.from({ length: 50 }, () => agent()[0]!))
      expect(first[item]).toBe(propensity)
  }
})

test('a boost multiplies the odds of what is drawn by a softmax', () => {
  const scored = { scores: [0.1, 0.5, 0.2], count: 3, allowed: () => true }
  const drawing = { epsilon: 0, temperature: 0.4 }
  const places = placeRules(1, nothing)
  const chances = (factor: number) =>
    firstPlaceUnderRules(
      scored,
      { lift: item => (item === 0 ? Math.log(factor) : 0), places },
      drawing,
      new Float64Array(3),
    )
  const [plain, boosted] = [chances(1), chances(3)]
  expect(boosted[0]! / boosted[1]!).toBeCloseTo((3 * plain[0]!) / plain[1]!, 12)
})
