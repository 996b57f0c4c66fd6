import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Cursor, Writer } from '../../../../src/log/kafka/produce/wire.ts'

const part = fc.oneof(
  fc.record({ kind: fc.constant('short' as const), value: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }) }),
  fc.record({ kind: fc.constant('int' as const), value: fc.integer() }),
  fc.record({ kind: fc.constant('long' as const), value: fc.maxSafeInteger() }),
  fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'grapheme', maxLength: 300 }) }),
  fc.record({ kind: fc.constant('varint' as const), value: fc.nat() }),
  fc.record({ kind: fc.constant('compactText' as const), value: fc.string({ unit: 'grapheme', maxLength: 300 }) }),
)

test('what is written reads back, however small the place that it begins in', () => {
  fc.assert(
    fc.property(fc.array(part), fc.integer({ min: 1, max: 300 }), (parts, room) => {
      const writer = new Writer(room)
      for (const { kind, value } of parts) (writer[kind] as (value: unknown) => Writer)(value)
      const cursor = new Cursor(writer.done())
      expect(parts.map(({ kind }) => cursor[kind]())).toEqual(parts.map(({ value }) => value))
    }),
  )
})

test('an array of more parts than fit one byte reads back', () => {
  const topics = Array.from({ length: 300 }, (_, k) => `topic-${k}`)
  for (const length of [0, 1, 126, 127, 128, 300]) {
    const writer = new Writer()
    writer.compactArray(topics.slice(0, length), topic => writer.compactText(topic).int(7)).short(-1)
    const cursor = new Cursor(writer.done())
    const parts = cursor.compactArray(() => [cursor.compactText(), cursor.int()])
    expect(parts).toEqual(topics.slice(0, length).map(topic => [topic, 7]))
    expect(cursor.short()).toBe(-1)
  }
})

test('bytes too', () => {
  const written = new Writer(1).byte(7).bytes(Buffer.alloc(400, 1)).byte(9).done()
  expect(written).toEqual(Buffer.concat([Buffer.from([7, 0, 0, 1, 144]), Buffer.alloc(400, 1), Buffer.from([9])]))
})
