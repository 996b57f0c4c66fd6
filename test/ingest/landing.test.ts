import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encodeBlockOrder } from '../../src/codec/block-order.ts'
import { encodeRecommendation } from '../../src/codec/output.ts'
import { Landing } from '../../src/ingest/landing.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import { oneList } from './one-list.ts'

test('while events come in lists wait half a second for others; without events they land at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-landing-'))
  const log = await openEmbeddedLog({ folder })
  try {
    const topics = topicsOf('shop')
    await log.ensureTopics(topicSpecs('shop', 1))
    const producer = await log.producer('shop.learn')
    const publish = () =>
      producer.append(topics.recommendations, [
        { key: 'u', value: encodeRecommendation(oneList, 'avro'), timestamp: 1 },
      ])
    const from = [{ topic: topics.recommendations, partition: 0, offset: 0 }]
    const landing = await Landing.open(log, topics, from, () => {})
    await publish()
    expect((await landing.read(1_000)).recommendations).toHaveLength(1)
    await publish()
    await publish()
    expect((await landing.read(1_499)).records).toBe(0)
    expect((await landing.read(1_500)).recommendations).toHaveLength(2)
    await publish()
    expect((await landing.read(1_501)).records).toBe(0)
    expect((await landing.read(null)).recommendations).toHaveLength(1)
    await landing.close()
  } finally {
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('of several parts the order in which blocks were taken lands, too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-landing-'))
  const log = await openEmbeddedLog({ folder })
  try {
    const topics = topicsOf('shop')
    await log.ensureTopics(topicSpecs('shop', 2, 'forever', 2))
    const producer = await log.producer('shop.learn')
    const block = { part: 1, from: 0, to: 4, base: 9, changeFrom: 0, change: 2, changeBase: 1, offset: 0 }
    const parts = [
      { row: 9, change: 1, offset: 3 },
      { row: 0, change: 0, offset: 0 },
    ]
    const values = [encodeBlockOrder({ row: 9, change: 1, parts, taken: [block] }), Buffer.from('nobody wrote this')]
    await producer.append(
      topics.blockOrder,
      values.map(value => ({ key: null, value, timestamp: 1 })),
    )
    const unreadable: number[] = []
    const from = [{ topic: topics.blockOrder, partition: 0, offset: 0 }]
    const landing = await Landing.open(log, topics, from, record => unreadable.push(record.offset))
    expect(await landing.read(null)).toMatchObject({ order: [block], records: 2 })
    expect(unreadable).toEqual([1])
    await landing.close()
  } finally {
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
