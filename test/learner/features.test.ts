import { expect, test } from 'vitest'
import { featureTable } from '../../src/learner/features.ts'

function numbers(features: string): number[] {
  const table = featureTable(16)
  table.reset(0)
  table.set(0, features)
  const target = new Float64Array(16)
  table.write(0, target, 0)
  return [...target]
}

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
  const table = featureTable(16)
  table.reset(0)
  const target = new Float64Array(16)
  table.set(0, '["a"]')
  table.set(0, '["b"]')
  table.set(0, '')
  table.write(0, target, 0)
  expect([...target]).toEqual(numbers('["b"]'))
  table.write(-1, target, 0)
  expect([...target]).toEqual(Array(16).fill(0))
})

test('a token that begins with "#" holds numbers: it is told apart and is a category of nothing', () => {
  const told: Record<string, unknown> = {}
  const table = featureTable(
    16,
    (_, tokens) => Object.assign(told, { tokens }),
    (_, measures) => Object.assign(told, { measures }),
  )
  table.reset(0)
  table.set(0, '["genre=Drama","#vector=0.5,1","year=1994"]')
  expect(told).toEqual({ tokens: ['genre=Drama', 'year=1994'], measures: ['#vector=0.5,1'] })
  const target = new Float64Array(16)
  table.write(0, target, 0)
  expect([...target]).toEqual(numbers('["genre=Drama","year=1994"]'))
})
