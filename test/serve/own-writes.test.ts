import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import type { Log } from '../../src/log/log.ts'
import { ownWrites } from '../../src/serve/own-writes.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { allOf } from '../log/fixtures/read.ts'

/** Write events of two users, and compare each place with that of the record itself. */
async function expectPlaces(log: Log): Promise<void> {
  const topic = `own.${randomUUID()}`
  await log.ensureTopics([{ name: topic, partitions: 3 }])
  const own = ownWrites(log, topic)
  expect(await own.after('ann')).toBeNull()
  const producer = await log.producer(`p-${topic}`)
  for (const userId of ['ann', 'bob', 'ann', 'ann']) {
    await producer.append(topic, [{ key: userId, value: Buffer.from('{}'), timestamp: 1 }])
    own.wrote([userId])
    const last = (await allOf(log, topic)).filter(({ key }) => key?.toString() === userId).at(-1)!
    expect(await own.after(userId)).toEqual({ partition: last.partition, offset: last.offset })
  }
  own.known('bob', (await own.after('bob'))!)
  await expect.poll(() => own.after('bob')).toBeNull()
  expect(await own.after('ann')).not.toBeNull()
  await producer.close()
}

test('a list must know the log up to the user’s own event, until it does: embedded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-own-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const log = await openEmbeddedLog({ folder })
  onTestFinished(() => log.close())
  await expectPlaces(log)
})

describeKafka('on Kafka', broker => {
  test('so it is there, whatever stands behind the event', async () => {
    const log = await openKafkaLog({ brokers: broker().brokers })
    onTestFinished(() => log.close())
    await expectPlaces(log)
  })
})
