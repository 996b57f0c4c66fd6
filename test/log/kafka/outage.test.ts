import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RecstreamError } from '../../../src/errors.ts'
import { startBroker } from '../../../src/log/kafka/broker.ts'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import type { LogRecord } from '../../../src/log/log.ts'
import { describeKafka } from '../../kafka/brokers.ts'
import { until } from '../../promises/command.ts'
import { from, readAll, readToEnd, text, values } from '../fixtures/read.ts'

describeKafka('a broker that goes away and comes back', () => {
  test('is read on from where it was, and appended to once each', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'recstream-outage-'))
    const broker = await startBroker({ folder })
    const log = await openKafkaLog({ brokers: broker.brokers, stallMs: 2_000 })
    try {
      await log.ensureTopics([{ name: 't', partitions: 1 }])
      let producer = await log.producer('p')
      const reader = await log.reader(from('t', 1))
      const seen: LogRecord[] = []
      let position = 0
      const append = async (value: string): Promise<void> => {
        try {
          await producer.append('t', [text(value)])
        } catch (error) {
          // Whether it landed shows in the log; a producer that could not find out is replaced.
          expect((error as RecstreamError).code).toBe('LOG_UNAVAILABLE')
          await producer.close().catch(() => {})
          producer = await log.producer('p')
          if (values(await log.newest('t'))[0] !== value) await append(value)
        }
      }
      const appending = (async () => {
        for (; position < 120; position++) await append(`${position}`)
      })()
      const untilAppended = async (count: number) => {
        while (position < count) seen.push(...(await reader.read(50)))
      }
      await untilAppended(20)
      broker.kill()
      await expect(readUntilError(reader.read.bind(reader), seen)).resolves.toMatchObject({ code: 'LOG_STALLED' })
      await broker.restart()
      await untilBack(() => untilAppended(120))
      await appending
      seen.push(...(await readToEnd(reader)))
      const expected = Array.from({ length: 120 }, (_, i) => `${i}`)
      expect(values(seen)).toEqual(expected)
      expect(values(await readAll(log, from('t', 1)))).toEqual(expected)
    } finally {
      await log.close()
      await broker.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('may freeze: an append is given up in time, lands once or never, and the producer goes on', async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'recstream-frozen-'))
    const broker = await startBroker({ folder })
    const { pid } = broker
    if (pid === null) {
      await broker.stop()
      return skip('a broker in Docker has no process here to freeze')
    }
    const said: string[] = []
    const logger = { debug: () => {}, warn: (_: object, message: string) => said.push(message) }
    const log = await openKafkaLog({ brokers: broker.brokers, appendMs: 1_000, logger })
    try {
      await log.ensureTopics([{ name: 't', partitions: 1 }])
      const producer = await log.producer('p')
      await producer.append('t', [text('before')])
      process.kill(pid, 'SIGSTOP')
      const given = producer.append('t', [text('frozen')]).catch(error => error)
      await until('the append is given up', () => said.some(message => /not answered/.test(message)))
      process.kill(pid, 'SIGCONT')
      expect(await given).toMatchObject({ code: 'LOG_UNAVAILABLE' })
      await producer.append('t', [text('after')])
      const seen = values(await readAll(log, from('t', 1)))
      expect(seen.filter(value => value !== 'frozen')).toEqual(['before', 'after'])
      expect(seen.length).toBeLessThanOrEqual(3)
    } finally {
      await log.close()
      await broker.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

async function readUntilError(read: (ms: number) => Promise<LogRecord[]>, seen: LogRecord[]): Promise<unknown> {
  for (;;) {
    try {
      seen.push(...(await read(100)))
    } catch (error) {
      return error
    }
  }
}

/** While the broker starts, a read may still say that it stalls. */
async function untilBack(work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof RecstreamError && error.code === 'LOG_STALLED')) throw error
    }
  }
}
