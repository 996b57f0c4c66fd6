import type { Log, LogRecord, Position, Reader, ReaderOptions } from '../../../src/log/log.ts'
import { seeded } from '../../promises/random.ts'

/** A log in which the partitions of one topic arrive interleaved otherwise for every seed, as from several brokers. */
export function shuffledLog(log: Log, topic: string, seed: number): Log {
  const random = seeded(seed)
  return {
    ...log,
    async reader(from: readonly Position[], options: ReaderOptions = {}): Promise<Reader> {
      if (from.length < 2 || from[0]!.topic !== topic) return log.reader(from, options)
      const readers = await Promise.all(from.map(position => log.reader([position], { maxRecords: 5 })))
      const readerOf = (partition: number) => readers[from.findIndex(each => each.partition === partition)]!
      return {
        async read(maxWaitMs) {
          const records: LogRecord[] = []
          const left = [...readers]
          while (left.length > 0 && records.length < (options.maxRecords ?? 100)) {
            const chosen = Math.floor(random() * left.length)
            const portion = await left[chosen]!.read(0)
            records.push(...portion)
            if (portion.length === 0) left.splice(chosen, 1)
          }
          return records.length > 0 ? records : readers[0]!.read(maxWaitMs)
        },
        position: (name, partition) => readerOf(partition).position(name, partition),
        async caughtUp() {
          for (const reader of readers) if (!(await reader.caughtUp())) return false
          return true
        },
        async close() {
          for (const reader of readers) await reader.close()
        },
      }
    },
  }
}

/** A log whose topic shows only some of its records, some of them changed: what retention, or somebody else, left of it. */
export function changedLog(log: Log, topic: string, change: (record: LogRecord) => LogRecord | null): Log {
  return {
    ...log,
    async ranges(name) {
      const ranges = await log.ranges(name)
      if (name !== topic) return ranges
      return Promise.all(
        ranges.map(async range => {
          const reader = await log.reader([{ topic, partition: range.partition, offset: range.first }])
          const left = (await reader.read(0)).find(record => change(record) !== null)
          await reader.close()
          return { ...range, first: left?.offset ?? range.end }
        }),
      )
    },
    async reader(from, options) {
      const reader = await log.reader(from, options)
      if (from[0]!.topic !== topic) return reader
      const read = reader.read.bind(reader)
      reader.read = async maxWaitMs => (await read(maxWaitMs)).map(change).filter(record => record !== null)
      return reader
    },
  }
}
