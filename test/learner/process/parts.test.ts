import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { decodeRecommendation } from '../../../src/codec/output.ts'
import { orderFailpoints } from '../../../src/failpoint.ts'
import { openCheckpoints } from '../../../src/learner/checkpoint.ts'
import { createLearner } from '../../../src/learner/create-learner.ts'
import type { Learner } from '../../../src/learner/learner.ts'
import { Learn } from '../../../src/learner/process/learn.ts'
import { openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import type { Log } from '../../../src/log/log.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import type { PipelineDefinition } from '../../../src/records/definition.ts'
import { type Topics, topicSpecs, topicsOf } from '../../../src/records/topics.ts'
import { seededRandom } from '../../../src/state/random.ts'
import { describeKafka } from '../../kafka/brokers.ts'
import { allOf } from '../../log/fixtures/read.ts'
import { put } from './blocks/known.ts'
import { inRecordedOrder, partRecord, reachedWith } from './blocks/parts.ts'
import { turnsOf } from './followed-world.ts'
import small from './small-arms.mjs'

vi.setConfig({ testTimeout: 300_000 })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-parts-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const turns = turnsOf(3, seededRandom(1, 'parts'))
/** Blocks of three parts as records, in the order in which they are published. */
function recordsOf() {
  const reached = Array.from({ length: 3 }, () => ({ row: 0, change: 0 }))
  return turns.map(({ part, block }) => {
    const before = reached[part]!
    reached[part] = reachedWith(block, before)
    return partRecord(block, { part, before })
  })
}

interface Playing {
  learn: Learn
  learner: Learner
}

async function open(log: Log, definition: PipelineDefinition, checkpoints: string): Promise<Playing> {
  const learner = createLearner({ definition, backend: await openBackend('wasm') })
  const kept = openCheckpoints({ folder: join(folder, checkpoints), definition, onDamaged: console.error })
  return { learner, learn: await Learn.open({ definition, log, learner, checkpoints: kept, clock: () => 0 }) }
}

async function learnAll({ learn }: Playing): Promise<void> {
  while ((await learn.step(10, async () => {})) || !(await learn.caughtUp()));
}

const listsOn = async (log: Log, topics: Topics) =>
  (await allOf(log, topics.recommendations)).map(({ value }) => decodeRecommendation(value!))
const byId = (lists: Awaited<ReturnType<typeof listsOn>>) =>
  lists.toSorted((a, b) => (a.recommendationId < b.recommendationId ? -1 : 1))

/** The same as one part would have told of it, in the recorded order, and what a learner of that makes of it. */
async function twin(log: Log, topics: Topics) {
  const other = await openEmbeddedLog({ folder: join(folder, 'twin') })
  await other.ensureTopics(topicSpecs(small.name, 3))
  const own = topicsOf(small.name)
  const before = { row: 0, change: 0 }
  const records = (await inRecordedOrder(log, topics)).map(block => partRecord(block, { part: 0, before }))
  await put(other, own.interestSequences, ...records)
  const playing = await open(other, small, 'twin-checkpoints')
  await learnAll(playing)
  await playing.learn.finish()
  const state = playing.learner.save()
  const lists = await listsOn(other, own)
  await playing.learn.close()
  await other.close()
  return { state, lists }
}

test('lists and all of the state are those of a learner of one part that tells the same in that order', async () => {
  const definition = { ...small, parts: 3 }
  const topics = topicsOf(small.name)
  const log = await openEmbeddedLog({ folder: join(folder, 'log') })
  await log.ensureTopics(topicSpecs(small.name, 3, 'forever', 3))
  let playing = await open(log, definition, 'checkpoints')
  for (const [k, record] of recordsOf().entries()) {
    await put(log, topics.interestSequences, record)
    if (k % 4 === 0) await playing.learn.step(1, async () => {})
    if (k !== 15) continue
    await playing.learn.checkpoint()
    await playing.learn.close()
    playing = await open(log, definition, 'checkpoints')
    expect(playing.learner.position).toBeGreaterThan(300)
  }
  await learnAll(playing)
  await playing.learn.finish()
  const { state, lists } = await twin(log, topics)
  const own = playing.learner.save()
  expect(own.meta).toEqual(state.meta)
  for (const [name, array] of Object.entries(state.arrays)) expect(own.arrays[name], name).toEqual(array)
  expect(byId(await listsOn(log, topics))).toEqual(byId(lists))
  expect(playing.learn.positions.map(({ partition, offset }) => [partition, offset])).toEqual(
    (await log.ranges(topics.interestSequences)).map(({ partition, end }) => [partition, end]),
  )
  await playing.learn.close()
  await log.close()
})

test('killed before or after it recorded what it takes, it makes no other lists than one that was not, and none twice', async () => {
  const topics = topicsOf(small.name)
  const withLog = async <T>(work: (log: Log) => Promise<T>): Promise<T> => {
    const log = await openEmbeddedLog({ folder: join(folder, 'log') })
    const result = await work(log)
    await log.close()
    return result
  }
  const records = recordsOf()
  const armed = join(folder, 'failpoints')
  mkdirSync(armed)
  await withLog(log => log.ensureTopics(topicSpecs(small.name, 3, 'forever', 3)))
  const script = fileURLToPath(new URL('./learn-child.mjs', import.meta.url))
  const child = () => {
    const { signal, status, stderr } = spawnSync(process.execPath, [script, 'learn', folder, '3'], {
      env: { RECSTREAM_FAILPOINTS: armed },
    })
    expect(signal ?? status, String(stderr)).toSatisfy(ended => ended === 'SIGKILL' || ended === 0)
    return signal
  }
  const counts: number[] = []
  for (const [k, point] of [...orderFailpoints, ...orderFailpoints].entries()) {
    await withLog(log => put(log, topics.interestSequences, ...records.slice(6 * k, 6 * k + 6)))
    writeFileSync(join(armed, point), '')
    expect(child()).toBe('SIGKILL')
    expect(existsSync(join(armed, point))).toBe(false)
    counts.push(await withLog(async log => (await allOf(log, topics.blockOrder)).length))
    if (k % 2 === 0) expect(child()).toBe(null)
  }
  // The one that died after it recorded has recorded; the other has not.
  expect(counts[0]).toBe(0)
  expect(counts[1]).toBeGreaterThan(counts[0]!)
  await withLog(log => put(log, topics.interestSequences, ...records.slice(24)))
  expect(child()).toBe(null)
  await withLog(async log => {
    const { lists } = await twin(log, topics)
    expect(byId(await listsOn(log, topics))).toEqual(byId(lists))
  })
})

describeKafka('a learner of three parts on Kafka', broker => {
  test('shuts out the one before, follows what that one recorded, and makes the lists of one that was there alone', async () => {
    const definition = { ...small, name: `parts-${Math.random().toString(36).slice(2)}`, parts: 3 }
    const topics = topicsOf(definition.name)
    const log = await openKafkaLog({ brokers: broker().brokers })
    await log.ensureTopics(topicSpecs(definition.name, 3, 'forever', 3))
    const records = recordsOf()
    await put(log, topics.interestSequences, ...records.slice(0, 12))
    const first = await open(log, definition, 'checkpoints')
    await first.learn.step(5_000, async () => {})
    await put(log, topics.interestSequences, ...records.slice(12, 20))
    const recorded = (await allOf(log, topics.blockOrder)).length
    const second = await open(log, definition, 'others')
    await expect(first.learn.step(5_000, async () => {})).rejects.toMatchObject({ code: 'PRODUCER_FENCED' })
    expect((await allOf(log, topics.blockOrder)).length).toBe(recorded)
    await learnAll(second)
    await put(log, topics.interestSequences, ...records.slice(20))
    await learnAll(second)
    await second.learn.finish()
    await first.learn.close()
    await second.learn.close()

    const third = await open(log, definition, 'others')
    expect(third.learner.position).toBe(900)
    await learnAll(third)
    const { state, lists } = await twin(log, topics)
    const own = third.learner.save()
    for (const [name, array] of Object.entries(state.arrays)) expect(own.arrays[name], name).toEqual(array)
    const without = (list: (typeof lists)[number]) => ({
      ...list,
      recommendationId: list.recommendationId.replace(definition.name, small.name),
    })
    expect(byId((await listsOn(log, topics)).map(without))).toEqual(byId(lists.map(without)))
    await third.learn.close()
    await log.close()
  })
})
