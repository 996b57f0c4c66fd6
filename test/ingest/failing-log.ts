import type { Log } from '../../src/log/log.ts'

/** A log that takes no more than so many appends to a topic. */
export function failingAfter(log: Log, topic: string, appends: number): Log {
  let left = appends
  return {
    ...log,
    producer: async id => {
      const producer = await log.producer(id)
      return {
        close: () => producer.close(),
        append: async (to, records) => {
          if (to === topic && left-- <= 0) throw new Error('the log is gone')
          await producer.append(to, records)
        },
      }
    },
  }
}
