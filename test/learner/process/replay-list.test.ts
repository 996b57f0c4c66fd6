import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeBlock } from '../../../src/codec/block.ts'
import { openCheckpoints } from '../../../src/learner/checkpoint.ts'
import { createLearner } from '../../../src/learner/create-learner.ts'
import { blockRanges, openBlocks } from '../../../src/learner/process/blocks/open-blocks.ts'
import { replayList } from '../../../src/learner/process/replay-list.ts'
import { openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import type { Log } from '../../../src/log/log.ts'
import { type Backend, openBackend } from '../../../src/nn/backend.ts'
import type { Recommendation } from '../../../src/records/recommendation.ts'
import { topicSpecs, topicsOf } from '../../../src/records/topics.ts'
import { smallPipeline, smallWorld, toBlocks } from '../interest-stream.ts'
import { put } from './blocks/known.ts'
import { partRecord, partsOf, reachedWith } from './blocks/parts.ts'

const definition = smallPipeline({}, { everyMs: 0, epsilon: 0.3 })
const folder = mkdtempSync(join(tmpdir(), 'recstream-replay-'))
const checkpoints = openCheckpoints({ folder: join(folder, 'checkpoints'), definition, onDamaged: () => {} })
const blocks = toBlocks(smallWorld(500, 3), { shortLength: 4, size: 100 })
let backend: Backend
let log: Log
let lists: Recommendation[]

beforeAll(async () => {
  backend = await openBackend('wasm')
  log = await openEmbeddedLog({ folder: join(folder, 'log') })
  await log.ensureTopics(topicSpecs(definition.name, 1))
  const producer = await log.producer('test')
  const records = blocks.map(block => ({ key: null, timestamp: 0, value: encodeBlock(block) }))
  await producer.append(topicsOf(definition.name).interestSequences, records)
  await producer.close()
  const learner = createLearner({ definition, backend })
  lists = []
  for (const [k, block] of blocks.entries()) {
    lists.push(...learner.consume(block, 0, block.sequence.length).recommendations)
    if (k === 2) await checkpoints.write(learner.save(), 3)
  }
  learner.dispose()
})
afterAll(async () => {
  await log.close()
  rmSync(folder, { recursive: true, force: true })
})

async function again(sequence: number, userId: string, most = 1_000) {
  const learner = createLearner({ definition, backend })
  const explained = await replayList({
    name: definition.name,
    parts: 1,
    log,
    learner,
    checkpoints,
    sequence,
    userId,
    most,
  })
  learner.dispose()
  return explained
}

test.each([
  ['the beginning of the log', 3],
  ['the middle of the first blocks', 250],
  ['the row after a checkpoint', 301],
  ['the last row', 500],
])('a list of %s is made again, places and all', async (_, row) => {
  const list = lists.findLast(({ sequence }) => sequence <= row)!
  const { explanation, list: made } = (await again(list.sequence, list.userId))!
  expect(made).toEqual(list)
  expect(explanation.policy).toBe(list.policy)
  expect(explanation.items.map(({ itemId }) => itemId)).toEqual(list.items.map(({ itemId }) => itemId))
  for (const [k, { expected }] of explanation.items.entries()) expect(expected).toBe(list.items[k]!.score)
  const places = explanation.items.filter((_, k) => list.items[k]!.reason !== 'exploring').map(({ place }) => place)
  expect(places).toEqual(places.toSorted((a, b) => a - b))
})

test('a list too far from every checkpoint, or of a row without one, is not made again', async () => {
  expect(await again(299, 'u1', 100)).toBeNull()
  expect(await again(501, 'u1')).toBeNull()
})

test('of several parts it is made again in the order in which their blocks were taken', async () => {
  const parts = 2
  const own = await openEmbeddedLog({ folder: join(folder, 'parts') })
  const topics = topicsOf(definition.name)
  await own.ensureTopics(topicSpecs(definition.name, parts, 'forever', parts))
  const halves = partsOf(smallWorld(500, 3), parts, 50)
  const reached = halves.map(() => ({ row: 0, change: 0 }))
  const learned = createLearner({ definition, backend })
  const kept = openCheckpoints({ folder: join(folder, 'of-parts'), definition, onDamaged: () => {} })
  const how = { topics, parts, ranges: await blockRanges(own, topics, parts), checkpoint: null, onLost: undefined }
  const taken = await openBlocks(own, how)
  taken.lead({ record: record => put(own, topics.blockOrder, record), published: 0 })
  const made: Recommendation[] = []
  for (let turn = 0; halves.some(half => half.length > 0); turn++) {
    const part = halves[turn % 2]!.length > 0 ? turn % 2 : 1 - (turn % 2)
    const block = halves[part]!.shift()!
    const before = reached[part]!
    reached[part] = reachedWith(block, before)
    await put(own, topics.interestSequences, partRecord(block, { part, before }))
    for (const each of await taken.read(1_000)) {
      const numbered = each.block()!
      made.push(...learned.consume(numbered, 0, numbered.sequence.length).recommendations)
    }
    if (turn === 5) await kept.write(learned.save(), taken.offset)
  }
  await taken.close()
  learned.dispose()
  expect(made.at(-1)!.sequence).toBeGreaterThan(400)
  for (const list of [made[3]!, made.find(({ sequence }) => sequence > 300)!, made.at(-1)!]) {
    const learner = createLearner({ definition, backend })
    const { sequence, userId } = list
    const row = { name: definition.name, parts, log: own, learner, checkpoints: kept, sequence, userId, most: 1_000 }
    expect((await replayList(row))!.list).toEqual(list)
    learner.dispose()
  }
  await own.close()
})
