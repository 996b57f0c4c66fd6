import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Log, LogRecord } from '../../src/log/log.ts'
import { partitionOf } from '../../src/log/partitioner.ts'
import { numberIn, partitionsHeader, publishedOn, reachOf } from '../../src/log/published.ts'

interface Written {
  position: number
  key: string
  among: number | null
}

/** A publisher's topic, of which a test can lose tails and to which it can add partitions. */
class Topic {
  readonly partitions: Written[][]

  constructor(partitions: number) {
    this.partitions = Array.from({ length: partitions }, () => [])
  }

  add(count: number): void {
    for (let i = 0; i < count; i++) this.partitions.push([])
  }

  append(position: number, key: string, says: boolean): void {
    const among = this.partitions.length
    this.partitions[partitionOf(key, among)]!.push({ position, key, among: says ? among : null })
  }

  /** Publish what is not there, from some position on, as a publisher does that was started anew. */
  async goOn(from: number, keys: readonly string[]): Promise<void> {
    const published = await publishedOn(this.#asLog(), 't', record => numberIn(record, 'position'), {
      isLater: (a, b) => a > b,
    })
    for (let position = from; position <= keys.length; position++) {
      const key = keys[position - 1]!
      if (position > (reachOf(published, key) ?? 0)) this.append(position, key, true)
    }
  }

  count(): Map<number, number> {
    const counts = new Map<number, number>()
    for (const { position } of this.partitions.flat()) counts.set(position, (counts.get(position) ?? 0) + 1)
    return counts
  }

  #asLog(): Log {
    const newest = this.partitions.flatMap((records, partition) => {
      const last = records.at(-1)
      const headers = {
        position: `${last?.position}`,
        ...(last?.among == null ? {} : { [partitionsHeader]: `${last.among}` }),
      }
      return last === undefined ? [] : [{ partition, headers } as unknown as LogRecord]
    })
    const ranges = this.partitions.map((records, partition) => ({ partition, first: 0, end: records.length }))
    return { newest: async () => newest, ranges: async () => ranges } as unknown as Log
  }
}

const keys = fc.array(fc.constantFrom(...'abcdefghij'), { minLength: 1, maxLength: 60 })
/** From which position on how many partitions are added. */
const additions = fc.array(fc.record({ at: fc.nat(60), count: fc.integer({ min: 1, max: 4 }) }), { maxLength: 3 })
const share = fc.double({ min: 0, max: 1, noNaN: true })

test('whatever partitions were added and wherever it begins again, a publisher repeats nothing and leaves nothing out', async () => {
  await fc.assert(
    fc.asyncProperty(
      keys,
      fc.integer({ min: 1, max: 4 }),
      additions,
      share,
      share,
      fc.boolean(),
      async (all, partitions, added, stopped, begun, says) => {
        const topic = new Topic(partitions)
        const end = Math.floor(stopped * all.length)
        for (let position = 1; position <= end; position++) {
          for (const { at, count } of added) if (at === position) topic.add(count)
          topic.append(position, all[position - 1]!, says)
        }
        for (const { at, count } of added) if (at > end) topic.add(count)
        await topic.goOn(1 + Math.floor(begun * end), all)
        expect([...topic.count()].sort((a, b) => a[0] - b[0])).toEqual(all.map((_, i) => [i + 1, 1]))
      },
    ),
  )
})

test('what one partition lost is written again, and nothing twice elsewhere', async () => {
  await fc.assert(
    fc.asyncProperty(
      keys,
      fc.integer({ min: 1, max: 4 }),
      fc.nat(3),
      fc.integer({ min: 1, max: 20 }),
      async (all, partitions, which, lost) => {
        const topic = new Topic(partitions)
        for (let position = 1; position <= all.length; position++) topic.append(position, all[position - 1]!, true)
        const loser = topic.partitions[which % partitions]!
        // A partition that lost everything looks like one that is new, unless it is the only one.
        const rest = Math.max(partitions === 1 ? 0 : Math.min(1, loser.length), loser.length - lost)
        loser.length = rest
        await topic.goOn(1, all)
        expect([...topic.count()].sort((a, b) => a[0] - b[0])).toEqual(all.map((_, i) => [i + 1, 1]))
      },
    ),
  )
})

test('with partitions added since, a loss is made good where the end tells it, and never written twice', async () => {
  await fc.assert(
    fc.asyncProperty(keys, additions, fc.nat(9), fc.integer({ min: 1, max: 20 }), async (all, added, which, lost) => {
      const topic = new Topic(2)
      for (let position = 1; position <= all.length; position++) {
        for (const { at, count } of added) if (at === position) topic.add(count)
        topic.append(position, all[position - 1]!, true)
      }
      const loser = topic.partitions[which % topic.partitions.length]!
      const gone = loser.splice(Math.max(0, loser.length - lost))
      const toldBy = loser.at(-1)?.among === topic.partitions.length
      await topic.goOn(1, all)
      const counts = topic.count()
      for (const [, times] of counts) expect(times).toBe(1)
      if (toldBy) expect(gone.filter(({ position }) => !counts.has(position))).toEqual([])
    }),
  )
})
