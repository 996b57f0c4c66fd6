import { expect, test } from 'vitest'
import { packColumn, unpackColumn } from '../../src/codec/column.ts'

test('numbers stand little-endian, whatever the machine', () => {
  expect(packColumn([1, -2], 'int32').toString('hex')).toBe('01000000feffffff')
  expect(packColumn([1], 'float64').toString('hex')).toBe('000000000000f03f')
  expect(packColumn([0, 1], 'uint8').toString('hex')).toBe('0001')
})

test('a column is read wherever it lies in its buffer', () => {
  const shifted = Buffer.concat([Buffer.from([9]), packColumn([0.1, 2 ** 53 - 1], 'float64')]).subarray(1)
  expect(unpackColumn(shifted, 'float64')).toEqual([0.1, 2 ** 53 - 1])
})

test('a column that ends inside a number is refused', () => {
  expect(() => unpackColumn(Buffer.alloc(7), 'int32')).toThrow(expect.objectContaining({ code: 'RECORD_INVALID' }))
})
