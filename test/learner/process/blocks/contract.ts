import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decodeBlock, encodeBlock } from '../../../../src/codec/block.ts'
import type { Blocks } from '../../../../src/learner/process/blocks/blocks.ts'
import { blockRanges, openBlocks } from '../../../../src/learner/process/blocks/open-blocks.ts'
import type { Log } from '../../../../src/log/log.ts'
import { topicSpecs, topicsOf } from '../../../../src/records/topics.ts'
import { withoutUser } from '../../../../src/records/without-user.ts'
import { seededRandom } from '../../../../src/state/random.ts'
import { atomsOf } from './atoms.ts'
import { cut, Known, put } from './known.ts'

/** What holds of blocks of so many parts for whoever leads, on a log that is opened for each test. */
export function describeBlocks(name: string, parts: number, openLog: () => Promise<Log>): void {
  describe(name, () => {
    let log: Log
    let pipeline: string
    /** Atoms that each part has published. */
    let published: number[]
    beforeEach(async () => {
      pipeline = `blocks-${Math.random().toString(36).slice(2)}`
      log = await openLog()
      await log.ensureTopics(topicSpecs(pipeline, parts, 'forever', parts))
      published = new Array(parts).fill(0)
    })
    afterEach(() => log.close())

    const topics = () => topicsOf(pipeline)
    const atoms = Array.from({ length: parts }, (_, part) => atomsOf(60, seededRandom(part, 'contract')))
    /** Ten rows and changes of the part whose turn it is. */
    const publish = async (turn: number) => {
      const part = turn % parts
      const from = published[part]!
      published[part] = from + 10
      await put(log, topics().interestSequences, cut(atoms[part]!, part, from, from + 10))
    }
    const open = async (offset: number | null = null): Promise<Blocks> => {
      const ranges = await blockRanges(log, topics(), parts)
      const checkpoint = offset === null ? null : { offset }
      const blocks = await openBlocks(log, { topics: topics(), parts, ranges, checkpoint, onLost: undefined })
      blocks.lead({ record: record => put(log, topics().blockOrder, record), published: 0 })
      return blocks
    }
    const readAll = async (blocks: Blocks, known: Known) => {
      for (;;) {
        const read = await blocks.read(20)
        known.take(read.map(each => each.block()))
        if (read.length === 0 && (await blocks.caughtUp())) return known.texts
      }
    }

    test('all that is there is delivered once, and what comes later too', async () => {
      for (let turn = 0; turn < 4; turn++) await publish(turn)
      const [blocks, known] = [await open(), new Known()]
      expect(await blocks.caughtUp()).toBe(false)
      expect(await readAll(blocks, known)).toHaveLength(40)
      await publish(4)
      expect(await readAll(blocks, known)).toHaveLength(50)
      expect(await readAll(blocks, known)).toHaveLength(50)
      await blocks.close()
    })

    test('rows and changes are numbered through, and each says where ingest had read commands', async () => {
      for (let turn = 0; turn < 4; turn++) await publish(turn)
      const [blocks, known] = [await open(), new Known()]
      const texts = await readAll(blocks, known)
      const numbers = (kind: string) =>
        texts.flatMap(text => (text.startsWith(kind) ? [Number(/\d+/.exec(text)![0])] : []))
      expect(numbers('row')).toEqual(Array.from({ length: known.row }, (_, k) => k + 1))
      expect(numbers('change')).toEqual(Array.from({ length: known.change }, (_, k) => k + 1))
      await publish(4)
      const [read] = await blocks.read(5_000)
      expect(read!.mergesRead).toBe(0)
      await blocks.close()
    })

    test('from the offset of a block, or from behind all, others meet what follows', async () => {
      for (let turn = 0; turn < 4; turn++) await publish(turn)
      const blocks = await open()
      const known = new Known()
      const kept: { known: Known; offset: number }[] = []
      while (known.texts.length < 40) {
        for (const each of await blocks.read(20)) {
          kept.push({ known: known.copy(), offset: each.offset })
          known.take([each.block()])
        }
        kept.push({ known: known.copy(), offset: blocks.offset })
      }
      // What is learned from is not read again for ever.
      await expect.poll(async () => (await blocks.read(0)).length + blocks.offset).toBeGreaterThan(kept[0]!.offset)
      kept.push({ known: known.copy(), offset: blocks.offset })
      await blocks.close()
      await publish(4)
      const whole = await readAll(await open(), new Known())
      expect(whole).toHaveLength(50)
      for (const { known, offset } of kept) {
        const again = await open(offset)
        expect(await readAll(again, known)).toEqual(whole)
        await again.close()
      }
    })

    test('a record that none of ours wrote is delivered, and is no block', async () => {
      const blocks = await open()
      const record = { key: null, timestamp: 0, partition: parts - 1, value: Buffer.from('{"hello":1}') }
      await put(log, topics().interestSequences, record)
      const [read] = await blocks.read(5_000)
      expect(read!.block()).toBeNull()
      expect(read!.record.value).toEqual(record.value)
      await publish(0)
      expect(await readAll(blocks, new Known())).toHaveLength(10)
      await blocks.close()
    })

    test('with which row a row of a part is learned from is told once that is decided', async () => {
      const [blocks, known] = [await open(), new Known()]
      expect(blocks.parts).toBe(parts)
      for (let turn = 0; turn < 2; turn++) await publish(turn)
      await readAll(blocks, known)
      const rows = (part: number) => atoms[part]!.slice(0, published[part]).filter(atom => 'row' in atom).length
      const last = parts - 1
      expect(blocks.rowOf(1 % parts, rows(1 % parts))).toBe(known.row)
      expect(blocks.rowOf(last, rows(last) + 1)).toBe(parts === 1 ? known.row + 1 : null)
      await blocks.close()
    })

    test('how far partitions are learned from is told, without what was delivered and is not', async () => {
      for (let turn = 0; turn < 2 * parts; turn++) await publish(turn)
      const blocks = await open()
      const start = Array.from({ length: parts }, (_, partition) => ({
        topic: topics().interestSequences,
        partition,
        offset: 0,
      }))
      expect(blocks.positions([])).toEqual(start)
      const read = []
      while (read.length < 2 * parts) read.push(...(await blocks.read(100)))
      expect(blocks.positions(read)).toEqual(start)
      for (const { partition, offset } of blocks.positions([])) expect(offset, `${partition}`).toBeGreaterThanOrEqual(2)
      const [first, ...left] = read
      const positions = blocks.positions(left)
      expect(positions[first!.record.partition]!.offset).toBeGreaterThan(0)
      await blocks.close()
    })

    test('in a topic that was cleared of somebody all goes on, without them', async () => {
      for (let turn = 0; turn < 4; turn++) await publish(turn)
      const blocks = await open()
      const known = new Known()
      const before = [...(await readAll(blocks, known))]
      const { offset } = blocks
      const replaced = await log.replace(topics().interestSequences, ({ key, value, headers }) => {
        const left = withoutUser(decodeBlock(value!), id => id === 'u1', 60)
        return left === null ? null : { key, value: encodeBlock(left.block), headers }
      })
      expect(replaced).toBeGreaterThan(0)
      await publish(4)
      const whole = await readAll(blocks, known)
      expect(whole).toHaveLength(50)
      await blocks.close()
      const again = await open(offset)
      const anew = new Known()
      Object.assign(anew, { row: known.row, change: known.change })
      expect(await readAll(again, anew)).toEqual([])
      await again.close()
      const beginning = await open()
      const left = whole.slice(0, 40).filter(text => !text.includes('"u1"'))
      expect(await readAll(beginning, new Known())).toEqual([...left, ...whole.slice(40)])
      expect(before.length).toBeGreaterThan(left.length)
      await beginning.close()
    })
  })
}
