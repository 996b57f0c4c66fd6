import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { armOfUser } from '../../../src/arms/arm-of-user.ts'
import { decodeBlock, encodeBlock } from '../../../src/codec/block.ts'
import { decodeCommand, decodeRecommendation, encodeCommand } from '../../../src/codec/output.ts'
import { openCheckpoints } from '../../../src/learner/checkpoint.ts'
import { createLearner } from '../../../src/learner/create-learner.ts'
import { openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import type { Log, LogRecord } from '../../../src/log/log.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import { type Command, mergesReadHeader } from '../../../src/records/command.ts'
import type { Recommendation } from '../../../src/records/recommendation.ts'
import { topicSpecs, topicsOf } from '../../../src/records/topics.ts'
import { allOf } from '../../log/fixtures/read.ts'
import { smallWorld, toBlocks } from '../interest-stream.ts'
import definition from './small-arms.mjs'

// Up to a dozen processes, one after the other.
vi.setConfig({ testTimeout: 300_000 })

const topics = topicsOf(definition.name)
const blocks = toBlocks(smallWorld(700, 3), { shortLength: 4, size: 50 })
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-learn-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function withLog<T>(work: (log: Log) => Promise<T>): Promise<T> {
  const log = await openEmbeddedLog({ folder: join(folder, 'log') })
  try {
    return await work(log)
  } finally {
    await log.close()
  }
}

/** Put blocks [from, to) on the topic, of an ingest that had read commands up to an offset. */
const publish = (from: number, to: number, mergesRead: number | null = null) =>
  withLog(async log => {
    await log.ensureTopics(topicSpecs(definition.name, 1))
    const producer = await log.producer('test')
    const headers: Record<string, string> = mergesRead === null ? {} : { [mergesReadHeader]: String(mergesRead) }
    const records = blocks
      .slice(from, to)
      .map(block => ({ key: null, timestamp: 0, value: encodeBlock(block), headers }))
    await producer.append(topics.interestSequences, records)
    await producer.close()
  })

let given = 0
/** Give a command, as the command line does. */
const ask = (asked: Partial<Command>) =>
  withLog(async log => {
    const nobody = { fromUser: null, toUser: null }
    const command = { shares: {}, arm: null, ...nobody, time: 0, reason: '', kind: 'shares' as const, ...asked }
    const value = encodeCommand({ ...command, commandId: `command-${++given}`, appliedAt: null }, 'avro')
    const producer = await log.producer('command line')
    await producer.append(topics.commands, [{ key: null, timestamp: 0, value }])
    await producer.close()
  })

const read = <T>(topic: string, decode: (record: LogRecord) => T) =>
  withLog(async log => (await allOf(log, topic)).map(decode))
const commands = () => read(topics.commands, ({ value }) => decodeCommand(value!))
const lists = () => read(topics.recommendations, ({ value }) => decodeRecommendation(value!))

/** Learn what is on the log; whether a failpoint killed the process. */
function learn(failpoints: string[] = []): Promise<{ killed: boolean; said: string }> {
  const armed = join(folder, 'failpoints')
  mkdirSync(armed, { recursive: true })
  for (const name of failpoints) writeFileSync(join(armed, name), '')
  const script = fileURLToPath(new URL('./learn-child.mjs', import.meta.url))
  const child = spawn(process.execPath, [script, 'learn', folder], { env: { RECSTREAM_FAILPOINTS: armed } })
  let said = ''
  let complaint = ''
  child.stdout.setEncoding('utf8').on('data', text => (said += text))
  child.stderr.setEncoding('utf8').on('data', text => (complaint += text))
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL' || code === 0) resolve({ killed: code !== 0, said })
      else reject(new Error(complaint))
    })
  })
}

/** The lists that a learner makes which goes over the whole log again. */
async function replayed(): Promise<Recommendation[]> {
  const learner = createLearner({ definition, backend: await openBackend('wasm') })
  for (const command of await commands()) if (command.appliedAt !== null) learner.schedule(command)
  return (await read(topics.interestSequences, ({ value }) => decodeBlock(value!))).flatMap(
    block => learner.consume(block, 0, block.sequence.length).recommendations,
  )
}

const armAt = (shares: Record<string, number>, userId: string) => {
  const arms = Object.entries(shares).map(([name, share]) => ({ name, share }))
  return arms[armOfUser(userId, arms)]!.name
}
const initial = { today: 1, chance: 1, many: 2 }

test('a command holds from the event on that its second record names', async () => {
  await publish(0, 4)
  await learn()
  await ask({ kind: 'shares', shares: { today: 1, many: 2 }, reason: 'it has shown what it can' })
  await publish(4, 6)
  expect((await learn()).said).toBe('The command shares holds from event 201 on: today 33.3%, chance 0%, many 66.7%.\n')
  const [asked, applied] = (await commands()) as [Command, Command]
  expect(asked).toMatchObject({ kind: 'shares', shares: { today: 1, many: 2 }, appliedAt: null })
  const shares = { today: 1, chance: 0, many: 2 }
  expect(applied).toEqual({ ...asked, shares, appliedAt: 201 })
  for (const { sequence, userId, arm } of await lists())
    expect(arm).toBe(armAt(sequence < 201 ? initial : shares, userId))
  expect(await replayed()).toEqual(await lists())
})

test('a merge waits for a block of an ingest that has read it', async () => {
  await publish(0, 1)
  await learn()
  const shares = { ...initial, many: 1 }
  await ask({ kind: 'merge', fromUser: 'u1', toUser: 'u2' })
  await ask({ kind: 'shares', shares })
  await publish(1, 3, 0)
  await learn()
  const taken = async () =>
    (await commands()).flatMap(({ kind, appliedAt }) => (appliedAt === null ? [] : [[kind, appliedAt]]))
  expect(await taken()).toEqual([['shares', 51]])
  await publish(3, 4, 1)
  await learn()
  expect(await taken()).toEqual([
    ['shares', 51],
    ['merge', 151],
  ])
  expect(await replayed()).toEqual(await lists())
})

test('promotions and roll-backs follow one another; what is not possible changes nothing, and says so', async () => {
  await publish(0, 1)
  await learn()
  const reasons = []
  for (const asked of [
    { kind: 'promote', arm: 'many' },
    { kind: 'promote', arm: 'nobody' },
    { kind: 'roll-back' },
    { kind: 'roll-back' },
  ] as const) {
    await ask({ ...asked, reason: 'so it is' })
    await learn()
    const { shares, reason } = (await commands()).at(-1)!
    reasons.push([Object.values(shares).join(), reason])
  }
  expect(reasons).toEqual([
    ['0,0,1', 'so it is'],
    ['', 'Refused: it names no arm that there is, or nothing to undo. so it is'],
    ['1,1,2', 'so it is'],
    ['', 'Refused: it names no arm that there is, or nothing to undo. so it is'],
  ])
})

/** SHA-256 of what was learned by a learner that goes over the whole log again, or by the one whose newest checkpoint there is. */
async function weightsOf(whom: 'replayed' | 'kept'): Promise<string> {
  const learner = createLearner({ definition, backend: await openBackend('wasm') })
  if (whom === 'kept') {
    const kept = openCheckpoints({ folder: join(folder, 'checkpoints'), definition, onDamaged: () => {} })
    learner.restore((await kept.newest())!.state)
  } else {
    for (const command of await commands()) if (command.appliedAt !== null) learner.schedule(command)
    for (const block of await read(topics.interestSequences, ({ value }) => decodeBlock(value!)))
      learner.consume(block, 0, block.sequence.length)
  }
  const sha = learner.weightsSha256()
  learner.dispose()
  return sha
}

describe('a learner that is told to go on from the weights of a version before', () => {
  const story = async (failpoints: string[], version: number | null) => {
    await publish(0, 4)
    await learn()
    await publish(4, 7)
    await learn()
    if (version !== null) await ask({ kind: 'weights', weights: { version, tensors: null }, reason: 'a broken feed' })
    await publish(7, 10)
    for (const armed of failpoints) expect((await learn([armed])).killed).toBe(true)
    const { said } = await learn()
    return { said, weights: await weightsOf('kept'), applied: (await commands()).find(each => each.appliedAt !== null) }
  }

  test('is the same after any kill, and in a replay of the log alone', async () => {
    const untold = await story([], null)
    rmSync(folder, { recursive: true })
    const told = await story([], 299)
    expect(told.said).toBe('The command weights holds from event 351 on: Weights of version 200. a broken feed\n')
    expect(told.applied).toMatchObject({
      appliedAt: 351,
      weights: { version: 200, tensors: expect.stringMatching(/^\S{100}/) },
    })
    expect(told.weights).not.toBe(untold.weights)
    expect(await weightsOf('replayed')).toBe(told.weights)
    rmSync(folder, { recursive: true })
    expect((await story(['command.before', 'command.after', 'publish.after'], 299)).weights).toBe(told.weights)
  })

  test('changes nothing and says why where that version is not kept', async () => {
    const { said, applied } = await story([], 123)
    expect(said).toBe(
      'The command weights was not followed. Refused: no whole checkpoint is kept of version 123 or before. a broken feed\n',
    )
    expect(applied).toMatchObject({ appliedAt: 351, weights: { version: 123, tensors: null } })
  })
})

describe('a learner killed while it takes a command in', () => {
  const story = async (failpoints: string[]) => {
    await publish(0, 5)
    await learn()
    await ask({ kind: 'promote', arm: 'chance' })
    await publish(5, 10)
    for (const armed of failpoints) expect((await learn([armed])).killed).toBe(true)
    await learn()
    return { lists: await lists(), applied: (await commands()).filter(({ appliedAt }) => appliedAt !== null) }
  }

  test('makes the lists of one that was not, wherever it was killed', async () => {
    const undisturbed = await story([])
    expect(undisturbed.applied.map(({ kind, appliedAt }) => [kind, appliedAt])).toEqual([['promote', 251]])
    expect(await replayed()).toEqual(undisturbed.lists)
    for (const failpoints of [
      ['command.before', 'command.after'],
      ['command.after', 'publish.before'],
      ['publish.after'],
    ]) {
      rmSync(folder, { recursive: true })
      const { lists: disturbed, applied } = await story(failpoints)
      expect(applied).toEqual(undisturbed.applied.map(each => ({ ...each, commandId: expect.any(String) })))
      expect(disturbed).toEqual(undisturbed.lists)
    }
  })
})
