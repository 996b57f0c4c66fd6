import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { blockOrderOf } from '../../../../src/codec/block-order.ts'
import type { Blocks } from '../../../../src/learner/process/blocks/blocks.ts'
import { blockRanges, openBlocks } from '../../../../src/learner/process/blocks/open-blocks.ts'
import { openEmbeddedLog } from '../../../../src/log/embedded/embedded-log.ts'
import type { Log, OutgoingRecord } from '../../../../src/log/log.ts'
import { topicSpecs, topicsOf } from '../../../../src/records/topics.ts'
import { type Random, seededRandom } from '../../../../src/state/random.ts'
import { allOf } from '../../../log/fixtures/read.ts'
import { type Atom, atomsOf } from './atoms.ts'
import { cut, Known, put } from './known.ts'

const topics = topicsOf('ordered')
const perPart = 30

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-ordered-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

let opened = 0
async function newLog(parts: number): Promise<Log> {
  const log = await openEmbeddedLog({ folder: join(folder, String(++opened)) })
  await log.ensureTopics(topicSpecs('ordered', parts, 'forever', parts))
  return log
}

/** Atoms [from, to) in records of any size. */
function cuts(atoms: readonly Atom[], part: number, from: number, to: number, random: Random): OutgoingRecord[] {
  const records: OutgoingRecord[] = []
  for (let at = from; at < to; ) {
    const end = Math.min(to, at + 1 + random.integer(8))
    records.push(cut(atoms, part, at, end))
    at = end
  }
  return records
}

async function open(log: Log, parts: number, offset: number | null = null): Promise<Blocks> {
  const checkpoint = offset === null ? null : { offset }
  const ranges = await blockRanges(log, topics, parts)
  return openBlocks(log, { topics, parts, ranges, checkpoint, onLost: undefined })
}

async function lead(log: Log, parts: number, known = new Known(), offset: number | null = null): Promise<Blocks> {
  const blocks = await open(log, parts, offset)
  blocks.lead({ record: record => put(log, topics.blockOrder, record), published: known.row })
  return blocks
}

async function readAll(blocks: Blocks, known = new Known()): Promise<string[]> {
  for (;;) {
    const read = await blocks.read(1)
    known.take(read.map(each => each.block()))
    if (read.length === 0 && (await blocks.caughtUp())) break
  }
  await blocks.close()
  return known.texts
}

test('who reads by the recorded order meets what was met first, however parts are cut, published twice or appended again', async () => {
  const once = async (seed: number) => {
    const random = seededRandom(seed, 'order')
    const parts = 2 + random.integer(2)
    const log = await newLog(parts)
    const atoms = Array.from({ length: parts }, () => atomsOf(perPart, random))
    const published = new Array<number>(parts).fill(0)
    let known = new Known()
    const kept: { known: Known; offset: number }[] = []
    let leader = await lead(log, parts)
    const again = async (part: number, from: number, to = published[part]!) =>
      put(log, topics.interestSequences, ...cuts(atoms[part]!, part, from, to, random))
    const actions = [
      async (part: number) => {
        const from = published[part]!
        published[part] = Math.min(perPart, from + 1 + random.integer(6))
        if (from < perPart) await again(part, from)
      },
      async () => {
        const read = await leader.read(0)
        for (const [k, each] of read.entries()) {
          if (random.uniform() < 0.2) kept.push({ known: known.copy(), offset: each.offset })
          known.take([each.block()])
          if (random.uniform() > 0.03) continue
          // It died here, and goes on from a checkpoint.
          await leader.close()
          if (k % 2 === 0 && kept.length > 0) known = kept.at(-1)!.known.copy()
          leader = await lead(log, parts, known, k % 2 === 0 ? (kept.at(-1)?.offset ?? null) : each.offset)
          return
        }
        if (random.uniform() < 0.2) kept.push({ known: known.copy(), offset: leader.offset })
      },
      async (part: number) => {
        if (random.uniform() < 0.2) await again(part, random.integer(published[part]! + 1))
      },
      async (part: number) => {
        // It went on in the middle of what it had published, in other pieces.
        const from = random.integer(published[part]! + 1)
        published[part] = Math.min(perPart, published[part]! + random.integer(4))
        if (random.uniform() < 0.2) await again(part, from)
        else await again(part, 0)
      },
    ]
    while (published.some(count => count < perPart))
      await actions[random.integer(actions.length)]!(random.integer(parts))
    const first = await readAll(leader, known)
    expect(first).toHaveLength(parts * perPart)
    const taken = (await allOf(log, topics.blockOrder)).flatMap(record => blockOrderOf(record)!.taken)
    for (const { from, to, changeFrom, change } of taken) expect(to - from + change - changeFrom).toBeGreaterThan(0)

    for (let part = 0; part < parts; part++) await again(part, 0)
    expect(await readAll(await open(log, parts))).toEqual(first)
    for (const { known, offset } of kept) expect(await readAll(await open(log, parts, offset), known)).toEqual(first)

    const other = await newLog(parts)
    for (let part = 0; part < parts; part++) {
      await put(other, topics.interestSequences, ...cuts(atoms[part]!, part, 0, perPart, random))
      await put(other, topics.interestSequences, ...cuts(atoms[part]!, part, random.integer(perPart), perPart, random))
    }
    for (const { key, timestamp, value } of await allOf(log, topics.blockOrder))
      await put(other, topics.blockOrder, { key, timestamp, value })
    expect(await readAll(await open(other, parts))).toEqual(first)
    await log.close()
    await other.close()
  }
  await fc.assert(fc.asyncProperty(fc.integer(), once), { numRuns: 12 })
})

const someAtoms = (part: number) => atomsOf(perPart, seededRandom(part, 'some'))

test('nobody learns from a block before it is recorded; one whose record may have landed is followed, not taken again', async () => {
  const log = await newLog(2)
  await put(log, topics.interestSequences, cut(someAtoms(0), 0, 0, 10), cut(someAtoms(1), 1, 0, 10))
  const blocks = await open(log, 2)
  blocks.lead({
    published: 0,
    async record(record) {
      await put(log, topics.blockOrder, record)
      throw new Error('the broker is gone')
    },
  })
  await expect(blocks.read(1)).rejects.toThrow('the broker is gone')
  await blocks.close()
  await put(log, topics.interestSequences, cut(someAtoms(0), 0, 10, 20))
  const recorded = blockOrderOf((await allOf(log, topics.blockOrder))[0]!)!
  const first = await readAll(await lead(log, 2))
  expect(first).toHaveLength(30)
  const [, then] = (await allOf(log, topics.blockOrder)).map(record => blockOrderOf(record)!)
  expect(recorded.taken.map(({ part }) => part).toSorted()).toEqual([0, 1])
  expect(then).toMatchObject({ parts: [{ offset: 1 }, { offset: 1 }], taken: [{ part: 0, offset: 1 }] })
  expect(await readAll(await open(log, 2))).toEqual(first)
  await log.close()
})

test('who leads follows all that was recorded before it decides, also where it followed before', async () => {
  const log = await newLog(2)
  const leader = await lead(log, 2)
  const follower = await open(log, 2)
  expect(await follower.isUndecided()).toBe(false)
  await put(log, topics.interestSequences, cut(someAtoms(0), 0, 0, 10))
  const [known, theirs] = [new Known(), new Known()]
  known.take((await leader.read(1)).map(each => each.block()))
  await put(log, topics.interestSequences, cut(someAtoms(1), 1, 0, 10), cut(someAtoms(0), 0, 10, 12))
  expect(await follower.read(1)).toHaveLength(1)
  expect([await follower.caughtUp(), await follower.isUndecided()]).toEqual([true, true])
  known.take((await leader.read(1)).map(each => each.block()))
  await leader.close()
  follower.lead({ record: record => put(log, topics.blockOrder, record), published: known.row })
  expect(await follower.caughtUp()).toBe(false)
  await put(log, topics.interestSequences, cut(someAtoms(0), 0, 12, 20))
  expect(await follower.read(1)).toHaveLength(2)
  expect(await follower.read(1)).toHaveLength(1)
  const first = await readAll(await open(log, 2), theirs)
  expect(first.slice(0, known.texts.length)).toEqual(known.texts)
  expect(first).toHaveLength(30)
  await follower.close()
  await log.close()
})

test('of a part that runs ahead a follower holds a few blocks, and one that was never taken it does not read', async () => {
  const log = await newLog(3)
  const read = [0, 0, 0]
  const counting: Log = {
    ...log,
    async reader(from, options) {
      const reader = await log.reader(from, options)
      const counted = async (waitMs: number) => {
        const records = await reader.read(waitMs)
        for (const { topic, partition } of records) if (topic === topics.interestSequences) read[partition]! += 1
        return records
      }
      return {
        read: counted,
        position: (...of) => reader.position(...of),
        caughtUp: () => reader.caughtUp(),
        close: () => reader.close(),
      }
    },
  }
  const leader = await lead(log, 3)
  for (let at = 0; at < perPart; at++) {
    await put(log, topics.interestSequences, cut(someAtoms(0), 0, at, at + 1))
    await leader.read(1)
  }
  for (let at = 0; at < perPart; at++) await put(log, topics.interestSequences, cut(someAtoms(1), 1, at, at + 1))
  await leader.read(1)
  await leader.close()
  const follower = await open(counting, 3)
  for (let taken = 0; taken < perPart; ) {
    taken += (await follower.read(1)).length
    expect(read[0]! - taken).toBeLessThanOrEqual(4)
    if (taken < perPart) expect(read[1]).toBe(0)
  }
  expect(read[2]).toBe(0)
  await follower.close()
  await log.close()
})

test('where the end of the order is gone, that is said and nothing is taken', async () => {
  const log = await newLog(2)
  await put(log, topics.interestSequences, cut(someAtoms(0), 0, 0, 10))
  const blocks = await open(log, 2)
  blocks.lead({ record: record => put(log, topics.blockOrder, record), published: 7 })
  await expect(blocks.read(1)).rejects.toMatchObject({
    code: 'OFFSET_OUT_OF_RANGE',
    message: expect.stringContaining('it tells of rows up to 0, and row 7 was published'),
  })
  await blocks.close()
  expect(await allOf(log, topics.blockOrder)).toEqual([])
  await expect(open(log, 2, 5)).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' })
  await log.close()
})
