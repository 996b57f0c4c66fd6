import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decodeBlock } from '../../src/codec/block.ts'
import { RecstreamError } from '../../src/errors.ts'
import { readDeadLetter } from '../../src/ingest/collect/dead-letter.ts'
import { bytesOf } from '../../src/ingest/fitting-appends.ts'
import { Outbox } from '../../src/ingest/outbox.ts'
import { BlockBuilder } from '../../src/ingest/window/block-builder.ts'
import { newUser } from '../../src/ingest/window/user-state.ts'
import { windowEvent } from '../../src/ingest/window/window.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import type { Log } from '../../src/log/log.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import { sequencesOf } from '../../src/testing/outputs.ts'
import { from, readAll } from '../log/fixtures/read.ts'
import { deadLetter, event } from '../warehouse/fixtures.ts'

const topics = topicsOf('shop')
let folder: string
let log: Log
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-outbox-'))
  log = await openEmbeddedLog({ folder })
  await log.ensureTopics(topicSpecs('shop', 1))
})
afterEach(async () => {
  await log.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The log as it is where topics take no record above so many bytes, as Kafka's may; `refused` counts. */
function taking(largest: number): { log: Log; refused: () => number } {
  let refused = 0
  const limited: Log = {
    ...log,
    async producer(id) {
      const producer = await log.producer(id)
      return {
        close: () => producer.close(),
        async append(topic, records) {
          if (records.some(record => bytesOf(record) > largest)) {
            refused++
            throw new RecstreamError('RECORD_TOO_LARGE', `A record for ${topic} is too large.`)
          }
          await producer.append(topic, records)
        },
      }
    },
  }
  return { log: limited, refused: () => refused }
}

function blocksOf(first: number, count: number) {
  const builder = new BlockBuilder(500)
  const user = newUser()
  for (let i = 0; i < count; i++) {
    windowEvent(event(first + i, { itemId: `a rather long name of an item ${i}` }), user, 3, builder)
  }
  return builder.take()
}

test('blocks that their topic does not take are cut until it does, and those that come later at once', async () => {
  const { log: limited, refused } = taking(4_000)
  const outbox = await Outbox.open(limited, topics, 'shop')
  const blocks = [...blocksOf(1, 900), ...blocksOf(901, 400)]
  await outbox.publish(blocks.slice(0, 2), [])
  const first = refused()
  expect(first).toBeGreaterThan(1)
  await outbox.publish(blocks.slice(2), [])
  expect(refused()).toBe(first)
  expect(outbox.publishedSequence).toBe(1_300)
  await outbox.close()
  const records = await readAll(log, from(topics.interestSequences, 1))
  const read = records.map(({ value }) => decodeBlock(value!))
  expect(read.flatMap(sequencesOf)).toEqual(blocks.flatMap(sequencesOf))
  for (const [i, { headers }] of records.entries()) {
    expect(headers['recstream-first']!.toString()).toBe(`${read[i]!.sequence[0]}`)
    expect(headers['recstream-last']!.toString()).toBe(`${read[i]!.sequence.at(-1)}`)
  }
  const again = await Outbox.open(log, topics, 'shop')
  expect(again.publishedSequence).toBe(1_300)
  await again.close()
})

test('a dead letter that its topic does not take is cut until it does, and says how long it was', async () => {
  const { log: limited } = taking(100_000)
  const outbox = await Outbox.open(limited, topics, 'shop')
  const letters = [
    deadLetter(1, { value: Buffer.from('small') }),
    deadLetter(2, { value: Buffer.alloc(900_000, 'v'), headers: { trace: Buffer.alloc(200_000) } }),
    deadLetter(3, { key: Buffer.alloc(300_000, 'k') }),
  ]
  await outbox.publish([], letters)
  expect(outbox.publishedDeadLetter).toBe(3)
  await outbox.close()
  const read = (await readAll(log, from(topics.deadLetters, 1))).map(record => readDeadLetter(record)!)
  expect(read.map(({ number, reason }) => [number, reason])).toEqual(
    letters.map(({ number, reason }) => [number, reason]),
  )
  expect(read[0]!.value!.toString()).toBe('small')
  expect(read[0]!.originalBytes).toBeUndefined()
  expect(read[1]).toMatchObject({ originalBytes: 900_000, originalHeaderBytes: 200_005, headers: {} })
  expect(read[1]!.value!.length).toBeGreaterThan(1_000)
  expect(read[2]!.originalKeyBytes).toBe(300_000)
})

test('what cannot be cut any further is refused as it was', async () => {
  const outbox = await Outbox.open(taking(100).log, topics, 'shop')
  await expect(outbox.publish(blocksOf(1, 2), [])).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' })
  await expect(outbox.publish([], [deadLetter(1)])).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' })
  await outbox.close()
})

test('the key of the duplicate filter is drawn once, and stays while a block of its is on the topic', async () => {
  const first = await Outbox.open(log, topics, 'shop')
  await first.publish(blocksOf(1, 3), [])
  await first.close()
  const second = await Outbox.open(log, topics, 'shop')
  await second.publish(blocksOf(4, 3), [])
  await second.close()
  const third = await Outbox.open(log, topics, 'shop')
  await third.close()
  expect(first.filterKey).toMatch(/^[0-9a-f]{16}$/)
  expect([second.filterKey, third.filterKey]).toEqual([first.filterKey, first.filterKey])
})
