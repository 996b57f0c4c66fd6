import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeBlock } from '../../../src/codec/block.ts'
import { openCheckpoints } from '../../../src/learner/checkpoint.ts'
import { createLearner } from '../../../src/learner/create-learner.ts'
import { replayList } from '../../../src/learner/process/replay-list.ts'
import { openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import type { Log } from '../../../src/log/log.ts'
import { type Backend, openBackend } from '../../../src/nn/backend.ts'
import type { Recommendation } from '../../../src/records/recommendation.ts'
import { topicSpecs, topicsOf } from '../../../src/records/topics.ts'
import { smallPipeline, smallWorld, toBlocks } from '../interest-stream.ts'

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
