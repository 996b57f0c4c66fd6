import { expect, test } from 'vitest'
import { columns } from '../../src/sources/columns.ts'

test('columns keep every row while they grow', () => {
  const table = columns(2)
  for (let i = 0; i < 5_000; i++) table.push([i, -i])
  expect(table.length).toBe(5_000)
  expect([...table.column(0)]).toEqual(Array.from({ length: 5_000 }, (_, i) => i))
  expect(table.column(1)[4_999]).toBe(-4_999)
})
