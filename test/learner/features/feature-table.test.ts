import { expect, test } from 'vitest'
import { type FeatureTable, featureTable } from '../../../src/learner/features/feature-table.ts'
import { hashText } from '../../../src/state/hash.ts'

/** A table in which eight people have these features, and slot 0 has `features`. */
function tableOf(features: string, options = {}): FeatureTable {
  const table = featureTable(options)
  for (let slot = 8; slot >= 1; slot--) put(table, slot, '["genre=Drama","genre=Comedy","year=1994","a","b"]')
  put(table, 0, features)
  return table
}

function put(table: FeatureTable, slot: number, features: string): void {
  table.reset(slot, hashText(`id${slot}`))
  table.set(slot, features)
}

function numbersOf(table: FeatureTable, slot = 0): number[] {
  const target = new Float64Array(16)
  table.write(slot, target, 0)
  return [...target]
}
const numbers = (features: string) => numbersOf(tableOf(features))

test('tokens become numbers of length one, the same ones every time, in any order', () => {
  const film = numbers('["genre=Drama","year=1994"]')
  expect(Math.hypot(...film)).toBeCloseTo(1, 6)
  expect(numbers('["year=1994","genre=Drama"]')).toEqual(film)
  expect(numbers('["genre=Comedy"]')).not.toEqual(film)
})

test.each(['[]', 'null', '{"a":1}', '[[[', '"text"'])('%s is nothing known', features => {
  expect(numbers(features)).toEqual(Array(16).fill(0))
})

test('new features replace old ones; an empty text and an unknown slot leave and give nothing', () => {
  const table = tableOf('["a"]')
  table.set(0, '["b"]')
  table.set(0, '')
  expect(numbersOf(table)).toEqual(numbers('["b"]'))
  expect(numbersOf(table, -1)).toEqual(Array(16).fill(0))
})

test('a token that begins with "#" holds numbers: it is told apart and is a category of nothing', () => {
  const told: Record<string, unknown> = {}
  const table = tableOf('["genre=Drama","#vector=0.5,1","year=1994"]', {
    changed: (_: number, counted: string[], all: string[]) => Object.assign(told, { counted, all }),
    measured: (_: number, measures: string[]) => Object.assign(told, { measures }),
  })
  expect(told).toEqual({
    counted: ['genre=Drama', 'year=1994'],
    all: ['genre=Drama', 'year=1994'],
    measures: ['#vector=0.5,1'],
  })
  expect(numbersOf(table)).toEqual(numbers('["genre=Drama","year=1994"]'))
})

test('what one alone has does not count, and what many have comes first in any order', () => {
  let told: [readonly string[], readonly string[]] = [[], []]
  const changed = (_: number, ...both: [readonly string[], readonly string[]]) => {
    told = both
  }
  const noise = Array.from({ length: 60 }, (_, k) => `serial=s${k}`)
  tableOf(JSON.stringify([...noise, 'genre=Drama', 'a']), { changed })
  expect(told[0]).toEqual(['a', 'genre=Drama'])
  expect(told[1]).toEqual(['a', 'genre=Drama', ...noise.sort()])
})

test('what was told of a slot is not told again after a restore, though it is looked at again', () => {
  const told: number[] = []
  const make = () => featureTable({ changed: slot => told.push(slot) })
  const table = make()
  for (let slot = 0; slot < 20; slot++) put(table, slot, `["colour=${slot % 2}"]`)
  let slots = 20
  for (const size of [1, 2]) {
    const { epoch } = table
    for (; table.epoch === epoch; slots++) put(table, slots, `["size=${size}"]`)
    if (size === 1) table.set(0, '["colour=0"]')
  }
  told.length = 0
  const again = make()
  again.restore(structuredClone(table.save(slots)))
  for (const each of [table, again]) each.set(0, '["colour=0"]')
  expect(told).toEqual([])
})

test('a number counts as the part of all numbers that it lies in, once there are enough of them', () => {
  let told: readonly string[] = []
  const table = featureTable({ changed: (_, counted) => (told = counted) })
  for (let slot = 0; slot < 100; slot++) put(table, slot, JSON.stringify([`price=${slot}.5`, `code=00${slot % 9}`]))
  put(table, 100, '["price=1.25"]')
  expect(told).toEqual(['price in 1/2', 'price in 1/4', 'price in 1/8'])
  expect(table.tokens('["price=99.1"]').counted).toEqual(['price in 2/2', 'price in 4/4', 'price in 8/8'])
})

test('who has had no event is seen as others are, and changes nothing', () => {
  const [alone, among] = [tableOf('["a"]'), tableOf('["a"]', { isEvidence: (slot: number) => slot < 9 })]
  for (let slot = 9; slot < 30; slot++) put(among, slot, '["a","new=1"]')
  expect(numbersOf(among, 20)).toEqual(numbers('["a"]'))
  expect(among.epoch).toBe(alone.epoch)
  put(alone, 9, '["new=1"]')
  expect(numbersOf(alone, 9)).toEqual(Array(16).fill(0))
})

test('slots are looked at again as evidence comes, and a restored table goes on the same', () => {
  const size = 40
  const make = () => featureTable({ lookAgain: { learned: () => size, size: () => size } })
  const table = make()
  for (let slot = 0; slot < size; slot++)
    put(table, slot, JSON.stringify([`colour=${slot === 39 ? 'new' : slot % 20}`]))
  expect(numbersOf(table, 39)).toEqual(Array(16).fill(0))
  const again = make()
  again.restore(table.save(size))
  for (const each of [table, again]) {
    for (let n = 0; n < 200; n++)
      each.set(n % 9, JSON.stringify([`colour=${n % 7 === 0 ? 'new' : n % 7}`, `price=${n}.5`]))
  }
  expect(Math.hypot(...numbersOf(table, 39))).toBeCloseTo(1, 6)
  expect(again.save(size)).toEqual(table.save(size))
})

test('who is looked at again is told of only where the tokens that count are others', () => {
  const told: [slot: number, counted: readonly string[]][] = []
  const size = 40
  const table = featureTable({
    changed: (slot, counted) => told.push([slot, counted]),
    lookAgain: { learned: () => size, size: () => size },
  })
  for (let slot = 0; slot < size; slot++) put(table, slot, slot === 39 ? '["rare"]' : '["a"]')
  told.length = 0
  for (let n = 0; n < 400; n++) table.set(n % 8, `["a","n${n}"${n % 8 < 2 ? ',"rare"' : ''}]`)
  // Two others have it now: it counts for the third, who is looked at again; the others are as they were.
  expect(told.filter(([slot]) => slot === 39)).toEqual([[39, ['rare']]])
  expect(told.filter(([slot]) => slot >= 8 && slot < 39)).toEqual([])
  table.reset(39, hashText('id39'))
  told.length = 0
  table.set(39, '["rare"]')
  expect(told).toEqual([[39, ['rare']]])
})
