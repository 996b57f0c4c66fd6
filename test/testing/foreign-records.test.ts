import { expect, test } from 'vitest'
import { debeziumChange, definePipeline, read } from '../../src/index.ts'
import { testPipeline } from '../../src/testing/index.ts'

const shop = definePipeline({
  name: 'shop',
  behaviours: ['view', 'buy'],
  reward: ({ behaviour }) => (behaviour === 'buy' ? 1 : 0.1),
  scale: { kind: 'watch', positiveFrom: 0.5 },
  decode: {
    event: ({ value }) => {
      if (read.text(value, 'action') === 'login') return null
      return {
        userId: read.text(value, 'visitor'),
        itemId: read.text(value, 'sku'),
        behaviour: read.text(value, 'action'),
        time: read.isoTime(value, 'at'),
        value: read.number(value, 'paid', { or: null }),
      }
    },
    item: record => {
      const change = debeziumChange(record)
      if (change === null) return null
      const itemId = read.text(change.row, 'id')
      if (change.deleted) return { deleted: true, itemId }
      return { itemId, attributes: { kind: read.text(change.row, 'kind') } }
    },
  },
})
const at = '2026-01-05T10:00:00Z'
const row = (op: string, kind: string) => ({ before: { id: 1 }, after: { id: 1, kind }, op, ts_ms: 1 })

test('records in a shape of their own go through decode, and are kept, passed over or refused', () => {
  using pipeline = testPipeline(shop)
  const bought = pipeline.sendRecord({ value: { action: 'buy', visitor: 7, sku: 'tea', at, paid: '4.50' } })
  expect(bought).toMatchObject({
    row: { eventId: null, userId: '7', value: 4.5, time: Date.parse(at) },
    passedOver: false,
  })
  expect(pipeline.sendRecord({ value: { action: 'login', visitor: 7 } })).toEqual({
    row: null,
    rejection: null,
    passedOver: true,
  })
  const broken = pipeline.sendRecord({ value: { action: 'buy', visitor: 7, sku: 'tea', at: 'noon' } })
  expect(broken.rejection).toMatchObject({ reason: 'invalid', message: expect.stringContaining('"at" must be a time') })
  expect(pipeline.rejections).toHaveLength(1)
})

test('records of our own shape can be sent beside them', () => {
  using pipeline = testPipeline(shop)
  expect(pipeline.send({ userId: 'ada', itemId: 'tea', behaviour: 'view' }).row).toMatchObject({ userId: 'ada' })
  expect(pipeline.send({ userId: 'ada', itemId: 'tea', behaviour: 'stare' }).rejection?.reason).toBe(
    'unknown-behaviour',
  )
  pipeline.item({ itemId: 'tea', attributes: { kind: 'drink' } })
  expect(pipeline.itemFeatures('tea')).toEqual(['kind=drink'])
})

test('changes of a table are items until they are deleted', () => {
  using pipeline = testPipeline(shop)
  const change = (value: object | null) => pipeline.sendRecord({ topic: 'items', key: '{"id":1}', value })
  change(row('r', 'pot'))
  expect(pipeline.itemFeatures('1')).toEqual(['kind=pot'])
  change(row('u', 'pan'))
  expect(pipeline.itemFeatures('1')).toEqual(['kind=pan'])
  expect(change({ op: 't', before: null, after: null }).passedOver).toBe(true)
  change({ before: { id: 1 }, after: null, op: 'd' })
  expect(pipeline.itemFeatures('1')).toBeNull()
  expect(change(null)).toEqual({ row: null, rejection: null, passedOver: false })
})
