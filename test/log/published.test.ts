import fc from 'fast-check'
import { expect, test } from 'vitest'
import { againHeader } from '../../src/log/again.ts'
import type { Log, LogRecord, Position } from '../../src/log/log.ts'
import { partitionOf } from '../../src/log/partitioner.ts'
import { besideHeader, numberIn, partitionsHeader, publishedOn, reachOf } from '../../src/log/published.ts'

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

/** What stands on a partition: a publisher's record, one that was put there beside it, or something else. */
const kinds = ['own', 'beside', 'again', 'foreign'] as const
type Kind = (typeof kinds)[number]

/** A topic of which only records can be read, and which counts how many are. */
class Readable {
  readonly partitions: LogRecord[][]
  read = 0

  constructor(partitions: readonly (readonly Kind[])[]) {
    let position = 0
    this.partitions = partitions.map((records, partition) =>
      records.map((kind, offset) => {
        position += 1
        const said: Record<Kind, Record<string, string>> = {
          own: { position: String(position), [partitionsHeader]: String(partitions.length) },
          beside: { [besideHeader]: 'host.1' },
          again: { position: String(position), [againHeader]: '1' },
          foreign: {},
        }
        return { topic: 't', partition, offset, headers: said[kind] } as unknown as LogRecord
      }),
    )
  }

  get log(): Log {
    const newest = this.partitions.flatMap(records => records.slice(-1))
    const ranges = this.partitions.map((records, partition) => ({ partition, first: 0, end: records.length }))
    const reader = async (from: readonly Position[]) => {
      const at = new Map(from.map(({ partition, offset }) => [partition, offset]))
      return {
        read: async () => {
          const some = [...at].flatMap(([partition, offset]) => this.partitions[partition]!.slice(offset, offset + 7))
          for (const { partition, offset } of some) at.set(partition, offset + 1)
          this.read += some.length
          return some
        },
        position: (_: string, partition: number) => at.get(partition)!,
        caughtUp: async () => [...at].every(([partition, offset]) => offset >= this.partitions[partition]!.length),
        close: async () => {},
      }
    }
    return { newest: async () => newest, ranges: async () => ranges, reader } as unknown as Log
  }

  published() {
    return publishedOn(this.log, 't', record => numberIn(record, 'position'), { isLater: (a, b) => a > b })
  }
}

const partition = fc.array(fc.constantFrom(...kinds), { maxLength: 30 })
const withFollowers = fc.array(fc.constantFrom<Kind>('own', 'beside'), { maxLength: 30 })

test('with whatever others put there beside a publisher, its end is the one that all of the topic tells', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.array(partition, { minLength: 1, maxLength: 4 }), fc.array(withFollowers, { minLength: 1 })),
      fc.integer({ min: 0, max: 2_000 }),
      async (partitions, tail) => {
        // Long tails of what others wrote are looked past in several windows.
        const long = partitions.map(each => [...each, ...new Array<Kind>(tail).fill('beside')])
        const { ends } = await new Readable(long).published()
        expect(ends).toEqual(
          long.map((kindsThere, at) => {
            const own = kindsThere.findLastIndex(kind => kind === 'own' || kind === 'again')
            if (own < 0) return null
            const before = long.slice(0, at).reduce((sum, { length }) => sum + length, 0)
            const among = kindsThere[own] === 'own' ? long.length : null
            return { mark: before + own + 1, among, offset: own }
          }),
        )
      },
    ),
    { numRuns: 200 },
  )
})

test('to look past what others put there does not read the whole topic', async () => {
  const topic = new Readable([
    [...new Array<Kind>(20_000).fill('own'), ...new Array<Kind>(100).fill('beside')],
    ['own'],
  ])
  expect((await topic.published()).ends[0]).toMatchObject({ offset: 19_999 })
  expect(topic.read).toBeLessThan(300)
})
