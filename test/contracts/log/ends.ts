import { describe, expect, test } from 'vitest'
import { from, readAll, readToEnd, text, values } from '../../log/fixtures/read.ts'
import type { Opening } from './opening.ts'

/** Where topics begin and end, and what is refused. */
export function endsContract({ openLog, withTopic }: Opening): void {
  describe('the ends', () => {
    test('an empty topic has empty ranges, no newest record and is caught up', async () => {
      const { log, topic } = await withTopic(2)
      expect(await log.ranges(topic)).toEqual([
        { partition: 0, first: 0, end: 0 },
        { partition: 1, first: 0, end: 0 },
      ])
      expect(await log.newest(topic)).toEqual([])
      const reader = await log.reader(from(topic, 2))
      expect(await reader.caughtUp()).toBe(true)
      expect(reader.position(topic, 1)).toBe(0)
    })

    test('finds the newest record of every partition that has one', async () => {
      const { topic, producer } = await withTopic(3)
      await producer.append(topic, [
        { ...text('old'), partition: 0 },
        { ...text('only'), partition: 2, headers: { at: '7' } },
      ])
      for (let i = 0; i < 10; i++) await producer.append(topic, [{ ...text(`new ${i}`), partition: 0 }])
      const newest = await (await openLog()).newest(topic)
      expect(newest.map(({ partition, value }) => [partition, value!.toString()])).toEqual([
        [0, 'new 9'],
        [2, 'only'],
      ])
      expect({ ...newest[1]!.headers }).toEqual({ at: Buffer.from('7') })
    })

    test('tells whether all that was there has been read, and where it stands', async () => {
      const { log, topic, producer } = await withTopic(2)
      await producer.append(
        topic,
        Array.from({ length: 20 }, (_, i) => ({ ...text(`${i}`), partition: i % 2 })),
      )
      const reader = await log.reader(from(topic, 2), { maxRecords: 6 })
      expect(await reader.caughtUp()).toBe(false)
      expect((await readToEnd(reader)).length).toBe(20)
      const ends = await log.ranges(topic)
      for (const { partition, end } of ends) expect(reader.position(topic, partition)).toBe(end)
      await producer.append(topic, [{ ...text('more'), partition: 1 }])
      expect(await reader.caughtUp()).toBe(false)
      expect(values(await readToEnd(reader))).toEqual(['more'])
    })

    test('a reader that starts at the end is caught up', async () => {
      const { log, topic, producer } = await withTopic(1)
      await producer.append(topic, [text('a')])
      const [range] = await log.ranges(topic)
      const reader = await log.reader([{ topic, partition: 0, offset: range!.end }])
      // On Kafka the marker of the transaction may come a moment after its commit, and is then still to be passed.
      expect(await readToEnd(reader)).toEqual([])
      expect(await reader.read(20)).toEqual([])
    })

    test('takes a report of positions', async () => {
      const { log, topic, producer } = await withTopic(1)
      await producer.append(topic, [text('a')])
      await log.reportPositions(`group-${topic}`, [{ topic, partition: 0, offset: 1 }])
    })
  })

  describe('refusals', () => {
    test('an offset that the log does not hold is an error, never a skip', async () => {
      const { log, topic } = await withTopic(1)
      await expect(log.reader([{ topic, partition: 0, offset: 1 }])).rejects.toMatchObject({
        code: 'OFFSET_OUT_OF_RANGE',
      })
    })

    test('a topic that is not there is named', async () => {
      const { log, producer } = await withTopic(1)
      for (const attempt of [
        () => log.ranges('not-there'),
        () => log.newest('not-there'),
        () => log.reader([{ topic: 'not-there', partition: 0, offset: 0 }]),
        () => producer.append('not-there', [text('a')]),
      ]) {
        await expect(attempt()).rejects.toMatchObject({
          code: 'TOPIC_UNKNOWN',
          message: expect.stringContaining('not-there'),
        })
      }
    })

    test('ensuring topics again changes nothing, and fewer partitions than asked are refused', async () => {
      const { log, topic, producer } = await withTopic(2)
      await producer.append(topic, [text('a')])
      await log.ensureTopics([{ name: topic, partitions: 2 }])
      await log.ensureTopics([{ name: topic, partitions: 1 }])
      expect((await log.ranges(topic)).length).toBe(2)
      expect(values(await readAll(log, from(topic, 2)))).toEqual(['a'])
      await expect(log.ensureTopics([{ name: topic, partitions: 3 }])).rejects.toMatchObject({ code: 'TOPIC_INVALID' })
      await expect(log.ensureTopics([{ name: 'no/topic', partitions: 1 }])).rejects.toMatchObject({
        code: 'TOPIC_INVALID',
      })
    })

    test('a closed producer appends no more, and its id is free again', async () => {
      const { log, topic, producer } = await withTopic(1)
      await producer.close()
      await expect(producer.append(topic, [text('a')])).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
      const next = await log.producer(`producer-${topic}`)
      await next.append(topic, [text('b')])
      expect(values(await readAll(log, from(topic, 1)))).toEqual(['b'])
    })
  })
}
