import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldArrays, unfoldArrays } from '../../src/learner/folded-arrays.ts'
import { foldPairs, unfoldPairs } from '../../src/predictors/ensemble/folded-pairs.ts'
import { createInteractions } from '../../src/predictors/ensemble/interactions.ts'
import { pairTable } from '../../src/predictors/ensemble/pair-table.ts'
import { keyTable } from '../../src/predictors/ensemble/watch/key-table.ts'
import { seededRandom } from '../../src/state/random.ts'
import { atOnce, prefixed, type SavedArrays } from '../../src/state/saved-arrays.ts'

/** The bytes of each array, since two NaN differ in bits only. */
const bytesOf = (arrays: SavedArrays) =>
  Object.fromEntries(
    Object.entries(arrays)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { buffer, byteOffset, byteLength }]) => [
        name,
        Buffer.from(buffer, byteOffset, byteLength).toString('hex'),
      ]),
  )

/** Tables such as a learner's, after users took items out of forty at random. */
function world(events: number): SavedArrays {
  const random = seededRandom(3, 'folded')
  const interactions = createInteractions({ history: 20, past: 300, width: 2 })
  const pairs = pairTable({ capacity: 1 << 10, live: () => true, weight: users => users })
  const keys = keyTable({ capacity: 1 << 9 })
  const [users, items] = [30, 40]
  for (let user = 0; user < users; user++) interactions.resetUser(user)
  for (let item = 0; item < items; item++) interactions.resetItem(item)
  for (let n = 0; n < events; n++) {
    const [user, item] = [random.integer(users), random.integer(items)]
    if (random.uniform() < 0.02) interactions.resetItem(item)
    if (random.uniform() < 0.02) interactions.resetUser(user)
    const { ofUsers } = interactions
    const [from, to] = [ofUsers.from(user), ofUsers.to(user)]
    const others = ofUsers.partners.slice(from, to).filter(other => other !== item)
    const versions = Int32Array.from(others, other => interactions.itemVersion(other))
    const residuals = Float64Array.from(others, other => Math.fround(Math.sin(user * 40 + other)))
    const residual = Math.sin(user * 40 + item)
    pairs.add(item, interactions.itemVersion(item), { others, versions, residuals, count: others.length }, residual)
    interactions.add(user, item, random.uniform())
    keys.values[2 * keys.admit(random.integer(1e9) + 1)]! += random.uniform()
  }
  return {
    ...prefixed('policy.all.neighbours0', pairs.save()),
    ...prefixed('policy.all.encounters', interactions.save(users, items)),
    ...prefixed('records.pairs', keys.save()),
    other: Float64Array.of(1, Number.NaN, -0),
  }
}

test('all bits of folded tables come back, and pairs take less than half of their bytes', async () => {
  const arrays = world(2_000)
  const before = bytesOf(arrays)
  const folded = await foldArrays(arrays)
  expect(bytesOf(arrays)).toEqual(before)
  expect(bytesOf(unfoldArrays(folded))).toEqual(before)
  expect(Object.keys(folded).some(name => name.endsWith('.pairs') || name.endsWith('.taken'))).toBe(false)
  const versions = Object.entries(folded).filter(([name]) => name.endsWith('tenants'))
  expect(versions.map(([, array]) => array.filter(version => version === 0).length / array.length)).toSatisfy(
    (shares: number[]) => shares.every(share => share > 0.3),
  )
  const few = world(200)
  const size = (all: SavedArrays, part: string) =>
    Object.entries(all).reduce((sum, [name, { byteLength }]) => sum + (name.startsWith(part) ? byteLength : 0), 0)
  expect(size(await foldArrays(few), 'policy.all.neighbours0')).toBeLessThan(0.5 * size(few, 'policy.all.neighbours0'))
})

test('what is folded gives a table that goes on as the first does', async () => {
  const arrays = world(1_000)
  const again = unfoldArrays(await foldArrays(arrays))
  const [first, second] = [arrays, again].map(saved => {
    const table = pairTable({ capacity: 1 << 10, live: () => true, weight: users => users })
    table.restore({
      pairs: saved['policy.all.neighbours0.pairs']!,
      at: saved['policy.all.neighbours0.at']!,
      places: saved['policy.all.neighbours0.places']!,
    })
    const [others, versions, residuals] = [Int32Array.of(1, 2), Int32Array.of(0, 0), Float64Array.of(1, 2)]
    for (let n = 0; n < 50; n++) table.add(7 + n, 1, { others, versions, residuals, count: 2 }, n)
    return table.save()
  })
  expect(second).toEqual(first)
})

test('pairs of any bits come back', () => {
  const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
  const [one, two, most, more, half, nan] = [0x3f800000, 0x40000000, 0x42fc0000, 0x42fe0000, 0x3f000000, 0x7fc00000]
  // The lower slot first; users, of whom there is one mostly, last.
  const entry = fc
    .record({
      low: fc.nat(5),
      further: fc.integer({ min: 1, max: 3 }),
      versions: fc.tuple(fc.nat(1), word),
      sums: fc.tuple(word, fc.constantFrom(0, 1, one, -1), fc.oneof(word, fc.constantFrom(one, two))),
      users: fc.constantFrom(one, one, one, two, most, more, half, 0, -1, nan),
    })
    .map(({ low, further, versions, sums, users }) => [low, low + further, ...versions, ...sums, users])
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 30 }), entries => {
      const pairs = Int32Array.from(entries.flat())
      const saved = { pairs, at: Int32Array.from(entries, (_, k) => k), places: Int32Array.of(64) }
      expect(bytesOf(unfoldPairs(atOnce(foldPairs(saved))))).toEqual(bytesOf(saved))
    }),
  )
})

test('arrays that no fold is for, or of which one is missing, stay as they are', async () => {
  const arrays = { 'a.pairs': Int32Array.of(1), 'a.keys': Int32Array.of(2), b: Uint8Array.of(3) }
  expect(await foldArrays(arrays)).toEqual(arrays)
  expect(unfoldArrays(arrays)).toEqual(arrays)
})
