import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodeBlock } from '../../../src/codec/block.ts'
import { openCheckpoints, writeCheckpoint } from '../../../src/learner/checkpoint.ts'
import { createLearner } from '../../../src/learner/create-learner.ts'
import { Learn } from '../../../src/learner/process/learn.ts'
import { openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import { topicSpecs, topicsOf } from '../../../src/records/topics.ts'
import { filesUnder, harm } from '../../promises/damage.ts'
import { seeded } from '../../promises/random.ts'
import { smallWorld, toBlocks } from '../interest-stream.ts'
import definition from './small-arms.mjs'

const topics = topicsOf(definition.name)
const blocks = toBlocks(smallWorld(120, 3), { shortLength: 4, size: 40 })

let folder: string
let checkpoints: string
let log: Awaited<ReturnType<typeof openEmbeddedLog>>
const said: string[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-checkpoints-'))
  checkpoints = join(folder, 'checkpoints')
  said.length = 0
  log = await openEmbeddedLog({ folder: join(folder, 'log'), segmentBytes: 1_000 })
  await log.ensureTopics(topicSpecs(definition.name, 1))
  const producer = await log.producer('test')
  for (const block of blocks) {
    await producer.append(topics.interestSequences, [{ key: null, timestamp: 0, value: encodeBlock(block) }])
  }
  await producer.close()
})
afterEach(async () => {
  await log.close()
  rmSync(folder, { recursive: true, force: true })
})

const kept = () => openCheckpoints({ folder: checkpoints, definition, onDamaged: message => said.push(message) })

/** Learn all that there is; the weights, and how many sequences it was this time. */
async function learnAll(): Promise<{ weights: string; learned: number }> {
  const learner = createLearner({ definition, backend: await openBackend('wasm') })
  const learn = await Learn.open({
    ...{ definition, log, clock: () => 0, onNotice: message => said.push(message) },
    ...{ learner, checkpoints: kept() },
  })
  const before = learner.sequences
  while ((await learn.step(0, async () => {})) || !(await learn.caughtUp()));
  const learned = learner.sequences - before
  const { weightsSha256: weights } = await learn.finish()
  await learn.close()
  return { weights, learned }
}

test('without a whole checkpoint it learns the same again from the beginning, and refuses to where that is gone', async () => {
  const harmAll = () => {
    for (const file of filesUnder(checkpoints)) harm(file, 'cut', seeded(1))
  }
  const { weights } = await learnAll()
  harmAll()
  expect(await learnAll()).toEqual({ weights, learned: 120 })
  expect(said).toEqual([expect.stringMatching(/^No checkpoint can be used: learning again from the beginning/)])
  // The checkpoint that it wrote then is whole.
  said.length = 0
  expect(await learnAll()).toEqual({ weights, learned: 0 })
  expect(said).toEqual([])

  harmAll()
  await log.retain(topics.interestSequences, 1)
  await expect(learnAll()).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' })
})

test('from a checkpoint of when users were forgotten it goes on only where all had room, or the beginning is gone', async () => {
  const { weights } = await learnAll()
  const { state, offset } = (await kept().newest())!
  const users = state.arrays['users.order']!.length
  const ofRoom = (maxUsers: number) => {
    const identity = { ...(state.meta['identity'] as object), 'learn.maxUsers': maxUsers }
    return writeCheckpoint(checkpoints, { ...state, meta: { ...state.meta, identity, offset } }, 1)
  }
  await ofRoom(users + 1)
  expect(await learnAll()).toEqual({ weights, learned: 0 })
  expect(said).toEqual([])

  await ofRoom(users)
  expect(await learnAll()).toEqual({ weights, learned: 120 })
  expect(said).toEqual([expect.stringMatching(/forgot who was away longest: learning again from the beginning/)])
  said.length = 0
  expect(await learnAll()).toEqual({ weights, learned: 0 })
  expect(said).toEqual([])

  await ofRoom(users)
  await log.retain(topics.interestSequences, 1)
  expect(await learnAll()).toEqual({ weights, learned: 0 })
  expect(said).toEqual([expect.stringMatching(/forgot who was away longest, and the beginning of .* is gone/)])
})
