import { expect, test } from 'vitest'
import { BoundedMap } from '../../src/state/bounded-map.ts'

test('forgets the least recently used and names what must be loaded again', () => {
  const map = new BoundedMap<number>(4)
  map.set('a', 1)
  map.set('b', 2)
  map.trim()
  map.get('a')
  map.set('c', 3)
  map.trim()
  expect(map.get('b')).toBeUndefined()
  expect(map.get('a')).toBe(1)
  expect(map.missing(['a', 'b', 'd', 'b'])).toEqual(['b', 'd'])
})

test('knows that nothing is missing while nothing was forgotten', () => {
  const map = new BoundedMap<number>(4)
  map.set('a', 1)
  expect(map.missing(['a', 'new'])).toEqual([])
})

test('stays within its capacity', () => {
  const map = new BoundedMap<number>(100)
  for (let k = 0; k < 10_000; k++) {
    map.set(String(k), k)
    map.trim()
    expect(map.size).toBeLessThanOrEqual(100)
  }
})
