import { expect, test } from 'vitest'
import { backwards } from '../../src/log/backwards.ts'

test('a range is gone through from its end, in parts that grow, each offset once', () => {
  const parts = [...backwards({ partition: 3, first: 0, end: 100 }, 16)]
  expect(parts).toEqual([
    { partition: 3, first: 84, end: 100 },
    { partition: 3, first: 20, end: 84 },
    { partition: 3, first: 0, end: 20 },
  ])
  expect([...backwards({ partition: 0, first: 7, end: 7 }, 16)]).toEqual([])
})
