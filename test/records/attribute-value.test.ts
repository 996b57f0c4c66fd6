import { expect, test } from 'vitest'
import { attributeValue } from '../../src/records/attribute-value.ts'

test('a decimal number is a number, as people and shops write it', () => {
  expect(['0', '7', '-3.5', '9.90', '0.05'].map(attributeValue)).toEqual([0, 7, -3.5, 9.9, 0.05])
})

test('codes, and numbers that would not come back as they were, stay texts', () => {
  const texts = ['', '0049', '1e5', '+1', '.5', '5.', ' 5', '9007199254740993', 'NaN', 'Infinity', '1,5', 'TRUE']
  expect(texts.map(attributeValue)).toEqual(texts)
})

test('true and false are what they say', () => {
  expect(['true', 'false'].map(attributeValue)).toEqual([true, false])
})
