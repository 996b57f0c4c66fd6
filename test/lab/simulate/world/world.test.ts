import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type WorldName, type WorldSettings, worldNamed, worlds } from '../../../../src/lab/simulate/world/settings.ts'
import { createWorld, type World } from '../../../../src/lab/simulate/world/world.ts'
import { generated } from './population.ts'

const slots = 4
const begin = (seed: number, settings: WorldSettings = worlds.saturating) =>
  createWorld({ population: generated, settings, slots, seed })

/** Showings: which slot, which item. */
const showings = (most: number) =>
  fc.array(fc.record({ slot: fc.nat(slots - 1), item: fc.nat(generated.items - 1) }), { maxLength: most })

/** What can be seen of a showing, and where the slot stands after it. */
function seen(world: World, slot: number, item: number) {
  const outcome = { ...world.show(slot, item) }
  return { ...outcome, now: world.time(slot), person: world.person(slot), position: world.position(slot) }
}

test('whatever is shown, outcomes keep their bounds and the clock of a slot never goes back', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.constantFrom(...(Object.keys(worlds) as WorldName[])),
      showings(400),
      (seed, name, list) => {
        const world = begin(seed, worlds[name])
        for (const { slot, item } of list) {
          const [before, stay] = [world.time(slot), world.generation(slot)]
          const at = seen(world, slot, item)
          expect(at.watch).toBeGreaterThanOrEqual(0)
          expect(at.watch).toBeLessThanOrEqual(1)
          expect([0, 1]).toContain(at.like)
          expect(at.time).toBeGreaterThanOrEqual(before)
          expect(at.time).toBeLessThanOrEqual(before + 300_001) // five minutes, and rounding
          expect(at.now).toBeGreaterThanOrEqual(at.time)
          expect(at.gapDays === 0).toBe(!at.ended)
          if (at.ended) expect(at.gapDays).toBeGreaterThanOrEqual(0.02)
          if (at.replaced) expect(at.ended).toBe(true)
          expect(world.generation(slot) - stay).toBe(at.replaced ? 1 : 0)
          expect(world.barred(slot, item)).toBe(!at.replaced)
          expect(at.position).toBeLessThan(60)
        }
      },
    ),
    { numRuns: 40 },
  )
})

test('people do the same whatever happens in other slots', () => {
  fc.assert(
    fc.property(fc.nat(), showings(200), (seed, list) => {
      const together = begin(seed)
      const mixed = list.map(({ slot, item }) => ({ slot, ...seen(together, slot, item) }))
      const apart = begin(seed)
      for (let slot = slots - 1; slot >= 0; slot--) {
        const own = list.filter(each => each.slot === slot).map(({ item }) => ({ slot, ...seen(apart, slot, item) }))
        expect(own).toEqual(mixed.filter(each => each.slot === slot))
      }
    }),
    { numRuns: 30 },
  )
})

test('a world that was saved goes on bit for bit, in a world of any seed', () => {
  fc.assert(
    fc.property(fc.nat(), showings(300), showings(100), (seed, before, after) => {
      const first = begin(seed)
      for (const { slot, item } of before) first.show(slot, item)
      const saved = first.save()
      const second = begin(seed + 1)
      second.show(0, 3)
      second.restore(saved)
      for (const { slot, item } of after) expect(seen(second, slot, item)).toEqual(seen(first, slot, item))
      expect(second.save()).toEqual(first.save())
    }),
    { numRuns: 20 },
  )
})

test('the last hundred items are barred, and somebody new may be shown all of them', () => {
  const world = begin(5)
  for (let item = 0; item < 150 && world.generation(0) === 0; item++) world.show(0, item)
  expect(world.generation(0)).toBe(0)
  expect(world.barred(0, 49)).toBe(false)
  expect(world.barred(0, 50)).toBe(true)
  expect(world.barred(0, 149)).toBe(true)
  expect(world.barred(1, 149)).toBe(false)
  while (world.generation(0) === 0) world.show(0, 0)
  expect(world.barred(0, 0)).toBe(false)
})

test('a person who is shown one genre alone tires of it and recovers while away', () => {
  const world = begin(1)
  const { shares } = generated.truth
  const width = generated.genres.length
  const item = [...Array(generated.items).keys()].find(each => shares[each * width] === 1)!
  const fresh = world.truth(0).watch[item]!
  expect(world.truth(0).satiation[item]).toBe(0)
  let outcome = world.show(0, item)
  while (!outcome.ended) outcome = world.show(0, item)
  const rested = world.truth(0).satiation[item]!
  for (outcome = world.show(0, item); world.position(0) < 6 && !outcome.ended; ) outcome = world.show(0, item)
  if (!outcome.ended) expect(world.truth(0).satiation[item]).toBeGreaterThan(rested)
  expect(world.truth(0).watch[item]).toBeLessThan(fresh)
})

test('in the static world nothing that was shown changes what comes', () => {
  const world = begin(1, worlds.static)
  const before = world.truth(0).watch.slice()
  const person = world.person(0)
  for (let item = 0; item < 30; item++) world.show(0, item)
  expect(world.person(0)).toBe(person)
  expect(world.truth(0).watch).toEqual(before)
})

test('the truth is what showing comes to on average', () => {
  const many = createWorld({ population: generated, settings: worlds.saturating, slots: 3000, seed: 2 })
  let [expected, watched, liked, likes] = [0, 0, 0, 0]
  for (let slot = 0; slot < many.slots; slot++) {
    const { watch, satisfaction } = many.truth(slot)
    expected += watch[7]!
    liked += 0.4 * satisfaction[7]!
    const outcome = many.show(slot, 7)
    watched += outcome.watch
    likes += outcome.like
  }
  expect(watched / many.slots).toBeCloseTo(expected / many.slots, 1.5)
  expect(likes / many.slots).toBeCloseTo(liked / many.slots, 1.3)
})

test('a world that is not there, and one that bars all it has, are refused in a sentence', () => {
  expect(() => worldNamed('saturated')).toThrow(/"saturated".*saturating, full, no-bait, static/)
  expect(() => begin(1, { ...worlds.full, barred: 600 })).toThrow(/600 items/)
})
