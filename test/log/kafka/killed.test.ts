import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { describeKafka } from '../../kafka/brokers.ts'
import { startAppender, wholeBatches } from '../fixtures/appender.ts'
import { from, readAll, text } from '../fixtures/read.ts'

describeKafka('kill -9 of a process that appends to Kafka leaves whole appends only', broker => {
  test.each(['append.before', 'append.after', 'a random instant', 'another random instant'])('at %s', async when => {
    const failpoints = mkdtempSync(join(tmpdir(), 'recstream-failpoints-'))
    const log = await openKafkaLog({ brokers: broker().brokers })
    try {
      const topic = `killed.${randomUUID()}`
      const id = `victim-${topic}`
      await log.ensureTopics([{ name: topic, partitions: 2 }])
      const appender = startAppender(['kafka', broker().brokers.join(','), topic, id, '100000', '1000'], {
        RECSTREAM_FAILPOINTS: failpoints,
      })
      if (when.includes('instant')) {
        await appender.line(`appended ${3 + Math.floor(Math.random() * 30)}`)
        appender.kill('SIGKILL')
      } else {
        await appender.line('appended 3')
        writeFileSync(join(failpoints, when), '')
      }
      await appender.ended
      const acknowledged = appender.lines.filter(line => line.startsWith('appended')).length

      const successor = await log.producer(id)
      const newest = await log.newest(topic)
      const batches = wholeBatches(await readAll(log, from(topic, 2)), id)
      expect(batches).toBeGreaterThanOrEqual(acknowledged)
      expect(batches).toBeLessThanOrEqual(acknowledged + 1)
      expect(newest.map(({ value }) => value!.toString().split(':')[1])).toEqual([`${batches - 1}`, `${batches - 1}`])
      await successor.append(topic, [text('after')])
      expect((await readAll(log, from(topic, 2))).length).toBe(batches * 6 + 1)
    } finally {
      await log.close()
      rmSync(failpoints, { recursive: true, force: true })
    }
  })
})
