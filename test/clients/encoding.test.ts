import { expect, test } from 'vitest'
import { encodeRecommendation } from '../../src/codec/output.ts'
import { createEventCollector, createItemCollector, createProfileCollector } from '../../src/ingest/collect/collect.ts'
import type { LogRecord } from '../../src/log/log.ts'
import { decodeList } from './consumer.ts'
import { encoderOf } from './producer.ts'

const encodings = ['json', 'avro'] as const
const record = (key: string, value: Buffer): LogRecord => ({
  topic: 'shop.behaviour-events',
  partition: 0,
  offset: 9,
  timestamp: 0,
  key: Buffer.from(key),
  value,
  headers: {},
})

test.each(encodings)('what a stranger’s producer writes in %s, the pipeline reads', encoding => {
  const event = { userId: 'ann', itemId: 'film', behaviour: 'rating', time: 1_700_000_000_000 }
  const profile = { userId: 'ann', attributes: { age: '25-34' } }
  const item = { itemId: 'film', title: 'Film', tags: ['drama'] }
  const value = encoderOf('behaviour-event', encoding)(event)
  expect(createEventCollector().collect(record('ann', value))).toMatchObject({ value: { ...event, eventId: null } })
  const user = encoderOf('user-profile', encoding)(profile)
  expect(createProfileCollector().collect(record('ann', user))).toMatchObject({ value: profile })
  const thing = encoderOf('item', encoding)(item)
  expect(createItemCollector().collect(record('film', thing))).toMatchObject({ value: { ...item, attributes: {} } })
})

test.each(encodings)('what the pipeline writes in %s, a stranger’s consumer reads', encoding => {
  const list = {
    recommendationId: 'learner-42',
    userId: 'ann',
    time: 1_700_000_000_000,
    sequence: 42,
    partition: 0,
    offset: 9,
    modelVersion: 3,
    short: null,
    policy: 'popularity',
    arm: 'main',
    items: [{ itemId: 'film', score: 0.75, propensity: 0.9, reason: 'watched by many this week' }],
  }
  // Avro fills in what a list without other arms' choices leaves out.
  const items = encoding === 'avro' ? list.items.map(item => ({ ...item, alternatives: {} })) : list.items
  expect(decodeList(encodeRecommendation(list, encoding))).toEqual({ ...list, items })
})
