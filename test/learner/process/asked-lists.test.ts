import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { encodeBlock } from '../../../src/codec/block.ts'
import { decodeRecommendation } from '../../../src/codec/output.ts'
import { openCheckpoints } from '../../../src/learner/checkpoint.ts'
import { createLearner } from '../../../src/learner/create-learner.ts'
import { serveDoor } from '../../../src/learner/door/door.ts'
import { openDoor } from '../../../src/learner/door/open-door.ts'
import { AskedLists } from '../../../src/learner/process/asked-lists.ts'
import { Learn } from '../../../src/learner/process/learn.ts'
import { openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import type { ListQuestion } from '../../../src/records/question.ts'
import { topicSpecs, topicsOf } from '../../../src/records/topics.ts'
import { askDecided } from '../../../src/run/roles/ask-decided.ts'
import { from, readAll } from '../../log/fixtures/read.ts'
import { smallWorld, toBlocks } from '../interest-stream.ts'
import definition from './small-arms.mjs'

const topics = topicsOf(definition.name)
const onePart = { parts: 1, rowOf: (_: number, row: number) => row }
const blocks = toBlocks(smallWorld(160, 3), { shortLength: 4, size: 40 })
const question = (userId: string): ListQuestion => ({
  ...{ kind: 'list', userId, count: null, context: {}, filter: null, exclude: [], includeSeen: false },
  ...{ surface: null, explain: false, after: null, unless: null, now: 0 },
})

test('lists that are asked for stand on the topic, each once and in the order of the log, and a restart publishes none again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-asked-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const log = await openEmbeddedLog({ folder: join(folder, 'log') })
  onTestFinished(() => log.close())
  await log.ensureTopics(topicSpecs(definition.name, 3))
  const producer = await log.producer('test')
  const records = blocks.map(block => ({ key: null, timestamp: 0, value: encodeBlock(block) }))
  await producer.append(topics.interestSequences, records.slice(0, 2))
  const open = async () =>
    Learn.open({
      ...{ definition, log, clock: () => 0 },
      learner: createLearner({ definition, backend: await openBackend('wasm') }),
      checkpoints: openCheckpoints({ folder: join(folder, 'checkpoints'), definition, onDamaged: console.error }),
    })
  const learnAll = async (learn: Learn) => {
    while ((await learn.step(100, async () => {})) || !(await learn.caughtUp()));
  }
  const lists = async () =>
    (await readAll(log, from(topics.recommendations, 3))).map(each => decodeRecommendation(each.value!))

  const first = await open()
  await learnAll(first)
  const before = await lists()
  const trace = { parent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', state: '' }
  for (const userId of ['u1', 'u2', 'u1', 'nobody knows me']) {
    const answer = first.asked.answer({ ...question(userId), ...(userId === 'u2' ? { trace } : {}) })
    const again = first.asked.answer({ ...question(userId), trace: { ...trace, parent: 'none' } })
    expect(answer).toEqual(again)
    expect(answer).not.toHaveProperty('list.trace')
  }
  await learnAll(first)
  const headers = (await readAll(log, from(topics.recommendations, 3)))
    .filter(({ headers }) => 'traceparent' in headers)
    .map(({ key, headers }) => `${key} ${headers['traceparent']}`)
  expect(headers).toEqual([expect.stringMatching(/^u2 00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/)])
  const asked = (await lists()).filter(({ recommendationId }) => recommendationId.includes('.q'))
  expect(asked.map(({ userId, sequence }) => `${userId} ${sequence}`).sort()).toEqual([
    'nobody knows me 80',
    'u1 80',
    'u2 80',
  ])
  await first.close()

  // Without a checkpoint it goes again over everything, and is silent until it is where it was.
  const second = await open()
  expect(() => second.asked.answer(question('u1'))).toThrow(/catching up/)
  await learnAll(second)
  expect(await lists()).toHaveLength(before.length + 3)
  await producer.append(topics.interestSequences, records.slice(2))
  await learnAll(second)
  second.asked.answer(question('u5'))
  await second.close()
  const all = await lists()
  expect(new Set(all.map(({ recommendationId }) => recommendationId)).size).toBe(all.length)
  expect(all.filter(({ userId, recommendationId }) => userId === 'u5' && recommendationId.includes('.q'))).toHaveLength(
    1,
  )
})

test('the door answers once what is to be known is known, or when the asker has waited long enough', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-door-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const learner = createLearner({ definition, backend: await openBackend('wasm') })
  const asked = new AskedLists(learner, onePart, () => true)
  const door = await serveDoor(join(folder, 'learn.sock'), asked)
  onTestFinished(() => door.close())
  const open = openDoor(join(folder, 'learn.sock'))
  onTestFinished(() => open.close())

  const wanted = { ...question('u1'), after: { partition: 0, offset: 39 } }
  const late = await open.ask(wanted, { waitMs: 1 })
  expect(late.standing).toMatchObject({ position: 0, behind: 40 })
  const waits = open.ask(wanted, { waitMs: 20_000 })
  await open.ask({ kind: 'standing' }) // by now the other one waits
  learner.consume(blocks[0]!, 0, 40)
  door.moved()
  expect((await waits).standing).toMatchObject({ position: 40, behind: 0 })
})

test('of several parts each says it of its own events, in its own rows', () => {
  const learner = { position: 7, reached: () => -1 }
  /** Row 2 of part 1 is the learner's row 9, once that is decided. */
  let row: number | null = null
  const blocks = { parts: 2, rowOf: (part: number, of: number) => (part === 1 && of === 2 ? row : 0) }
  const asked = new AskedLists(learner as never, blocks, () => true)
  const after = (partition: number, offset: number) => asked.behind({ ...question('u1'), after: { partition, offset } })
  expect([after(3, 5), after(1, 0)]).toEqual([6, 1])
  expect(asked.asksIngest()).toEqual([1])
  const positions = [
    { partition: 1, offset: 4 },
    { partition: 3, offset: 6 },
  ]
  asked.hear({ sequence: 2, positions }, 1)
  expect([after(3, 5), asked.asksIngest()]).toEqual([6, []])
  row = 9
  expect([after(3, 5), asked.asksIngest()]).toEqual([6, []])
  learner.position = 9
  // What is decided by then is not decided anew.
  row = 12
  expect([after(3, 5), after(1, 0)]).toEqual([0, 0])
  expect([after(2, 0), asked.asksIngest()]).toEqual([1, [0]])
})

test('an event that ingest rejected is known once all is learned from that was kept before it was', async () => {
  const learner = { position: 7, reached: (partition: number) => (partition === 0 ? 10 : -1) }
  const asked = new AskedLists(learner as never, onePart, () => true)
  const after = (partition: number, offset: number) => asked.behind({ ...question('u1'), after: { partition, offset } })
  expect(after(0, 10)).toBe(0)
  expect(asked.asksIngest()).toEqual([])
  expect(after(0, 14)).toBe(4)
  expect([asked.asksIngest(), asked.asksIngest()]).toEqual([[0], []])

  // Ingest has kept row 9 of those events and rejected the others: while that row is on its way, none of them is known.
  asked.hear({ sequence: 9, positions: [{ partition: 0, offset: 14 }] })
  expect(after(0, 13)).toBe(3)
  expect(asked.asksIngest()).toEqual([])
  learner.position = 8
  expect(after(0, 13)).toBe(3)
  learner.position = 9
  expect(after(0, 13)).toBe(0)
  expect(after(1, 0)).toBe(1)

  // The next one is not decided by that word.
  expect(after(0, 14)).toBe(1)
  expect(asked.asksIngest()).toEqual([0])
  asked.hear({ sequence: 9, positions: [{ partition: 0, offset: 15 }] })
  expect(after(0, 14)).toBe(0)
})

test('who waits for an event that was rejected is answered when ingest says so, also when its first word does not help', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-door-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const learner = createLearner({ definition, backend: await openBackend('wasm') })
  const asked = new AskedLists(learner, onePart, () => true)
  const door = await serveDoor(join(folder, 'learn.sock'), asked)
  onTestFinished(() => door.close())
  const open = openDoor(join(folder, 'learn.sock'))
  onTestFinished(() => open.close())
  learner.consume(blocks[0]!, 0, 40)
  const words = [null, { offset: 40 }, { offset: 41 }]
  const stop = askDecided(
    async () => {
      const word = words.shift()
      if (word === null || word === undefined) throw new Error('nobody is there')
      return { sequence: 40, positions: [{ partition: 0, ...word }] }
    },
    asked,
    door.moved,
  )
  onTestFinished(stop)
  const { standing } = await open.ask({ ...question('u1'), after: { partition: 0, offset: 40 } }, { waitMs: 20_000 })
  expect(standing).toMatchObject({ position: 40, behind: 0 })
  expect(words).toEqual([])
})

test('a learner that is away, or a question that is none, is an error of its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-door-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const open = openDoor(join(folder, 'learn.sock'))
  await expect(open.ask({ kind: 'standing' })).rejects.toMatchObject({ code: 'NOT_RUNNING' })
})

test('while questions come events go on: a few at a time, and one for each answer', () => {
  const list = { recommendationId: 'shop-1', userId: 'ann', items: [] }
  const standing = { position: 1, behind: 0 }
  const learner = {
    answer: () => ({ kind: 'list', list, explanations: null, standing }),
    reached: () => 0,
    position: 1,
  }
  const asked = new AskedLists(learner as never, onePart, () => true)
  expect(asked.sliceOf(256)).toBe(256)
  asked.answer(question('ann'))
  expect(asked.sliceOf(256)).toBe(4)
  expect(asked.learned(4)).toBe(true)
  for (let k = 0; k < 50; k++) asked.answer(question('ann'))
  expect(asked.sliceOf(256)).toBe(50)
  for (let k = 0; k < 500; k++) asked.answer(question('ann'))
  expect(asked.sliceOf(256)).toBe(256)
})

test('what a block is too short for is owed to the next one, before anybody else is answered', () => {
  const learner = { answer: () => ({ kind: 'same', standing: {} }), reached: () => 0, position: 1 }
  const asked = new AskedLists(learner as never, onePart, () => true)
  for (let k = 0; k < 50; k++) asked.answer(question('ann'))
  expect([asked.learned(20), asked.sliceOf(256)]).toEqual([false, 30])
  expect([asked.learned(20), asked.sliceOf(256)]).toEqual([false, 10])
  expect([asked.learned(10), asked.sliceOf(256)]).toEqual([true, 4])
  asked.answer(question('ann'))
  asked.caughtUp()
  expect(asked.learned(0)).toBe(true)
})
