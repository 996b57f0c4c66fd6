import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LogRecord } from '../../../src/log/log.ts'
import { from, readAll } from '../../log/fixtures/read.ts'
import type { Opening } from './opening.ts'

/** Random histories, so many of them. */
export function historyContract({ openLog, withTopic }: Opening, histories: number): void {
  test('any history of appends and reopenings reads back as it was written', async () => {
    const record = fc.record({
      key: fc.option(fc.uint8Array({ maxLength: 12 })),
      value: fc.option(fc.uint8Array({ maxLength: 300 })),
      timestamp: fc.nat(),
      partition: fc.nat(2),
      headers: fc.dictionary(
        fc.string({ maxLength: 8 }).filter(name => name !== '__proto__'),
        fc.uint8Array({ maxLength: 20 }),
        { maxKeys: 3 },
      ),
    })
    const history = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.array(record, { maxLength: 30 }) },
        { weight: 1, arbitrary: fc.constant('reopen' as const) },
      ),
      { maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(history, fc.integer({ min: 1, max: 50 }), async (steps, maxRecords) => {
        let { log, topic, producer } = await withTopic(3)
        const expected: unknown[][] = [[], [], []]
        for (const step of steps) {
          if (step === 'reopen') {
            await log.close()
            log = await openLog()
            producer = await log.producer(`producer-${topic}`)
            continue
          }
          const records = step.map(({ key, value, timestamp, partition, headers }) => ({
            key: key && Buffer.from(key),
            value: value && Buffer.from(value),
            timestamp,
            partition,
            headers: Object.fromEntries(Object.entries(headers).map(([name, bytes]) => [name, Buffer.from(bytes)])),
          }))
          await producer.append(topic, records)
          for (const { partition, ...rest } of records) expected[partition]!.push(rest)
        }
        const found: unknown[][] = [[], [], []]
        for (const { partition, key, value, timestamp, headers } of await readAll(log, from(topic, 3), {
          maxRecords,
        })) {
          found[partition]!.push({ key, value, timestamp, headers: { ...headers } })
        }
        expect(found).toEqual(expected)
        for (const { partition, value } of await log.newest(topic))
          expect({ value }).toEqual({ value: (expected[partition]!.at(-1) as LogRecord).value })
        await log.close()
      }),
      { numRuns: histories },
    )
  })
}
