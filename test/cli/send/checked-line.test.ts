import { expect, test } from 'vitest'
import { lineChecker } from '../../../src/cli/send/checked-line.ts'
import { avroSchema } from '../../../src/codec/schema.ts'
import { isOfSchema } from '../../../src/codec/single-object.ts'
import { createEventCollector, createItemCollector } from '../../../src/ingest/collect/collect.ts'

const click = { userId: 'ann', itemId: 'film', behaviour: 'view', time: 7 }
const never = () => {
  throw new Error('asked about a record of our own shape')
}
const placed = { topic: 't', partition: 2, offset: 9, headers: {} }

test('where the topic has a shape of its own, a line is written in ours, which decode never sees', () => {
  const checked = lineChecker('behaviour-events', 'now', () => 5, 'avro')(JSON.stringify(click))
  const { record } = checked as Extract<typeof checked, { record: unknown }>
  expect(isOfSchema(avroSchema('behaviour-event'), record.value!)).toBe(true)
  const collector = createEventCollector({ decode: never })
  expect(collector.collect({ ...record, ...placed, key: Buffer.from('ann') })).toMatchObject({
    value: { ...click, eventId: null },
  })
})

test('so is an item; what is wrong with a line is said as ever', () => {
  const check = lineChecker('items', 'now', () => 5, 'avro')
  const checked = check('{"itemId":"film","tags":["new"]}')
  const { record } = checked as Extract<typeof checked, { record: unknown }>
  const collector = createItemCollector({ decode: never })
  expect(collector.collect({ ...record, ...placed, key: Buffer.from('film') })).toMatchObject({
    value: { itemId: 'film', tags: ['new'] },
  })
  expect(check('{"itemId":5}')).toMatchObject({ problem: expect.stringContaining('"itemId" must be') })
})
