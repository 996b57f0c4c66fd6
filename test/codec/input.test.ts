import { expect, test } from 'vitest'
import { encodeEvent, encodeItem, encodeProfile } from '../../src/codec/input.ts'

test('JSON leaves out what is null or empty', () => {
  const event = { eventId: 'e', userId: 'u', itemId: 'i', behaviour: 'watch', time: 1, value: null }
  expect(String(encodeEvent({ ...event, properties: {}, recommendationId: null }))).toBe(
    '{"eventId":"e","userId":"u","itemId":"i","behaviour":"watch","time":1}',
  )
  expect(String(encodeProfile({ userId: 'u', attributes: {} }))).toBe('{"userId":"u"}')
  expect(String(encodeItem({ itemId: 'i', title: null, attributes: {}, tags: [] }))).toBe('{"itemId":"i"}')
})

test('JSON keeps a value of 0 and an empty title', () => {
  const event = { eventId: 'e', userId: 'u', itemId: 'i', behaviour: 'watch', time: 1, value: 0, recommendationId: 'r' }
  expect(String(encodeEvent({ ...event, properties: { likes: 0 } }))).toBe(
    '{"eventId":"e","userId":"u","itemId":"i","behaviour":"watch","time":1,"value":0,"properties":{"likes":0},"recommendationId":"r"}',
  )
  expect(String(encodeItem({ itemId: 'i', title: '', attributes: {}, tags: ['t'] }))).toBe(
    '{"itemId":"i","title":"","tags":["t"]}',
  )
})
