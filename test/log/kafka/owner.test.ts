import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { type Owner, otherRun, wordsOf } from '../../../src/log/kafka/owner.ts'
import type { Log } from '../../../src/log/log.ts'
import { withRules } from '../../kafka/acls.ts'
import { describeKafka } from '../../kafka/brokers.ts'
import { from, readAll, text, values } from '../fixtures/read.ts'

const ownerOf = (topic: string, run: string): Owner => ({
  ...{ producer: topic, group: topic, topic, partition: 0, run, held: false },
  ...{ host: `host-${run}`, process: 7, folder: `/srv/${run}`, since: '2026-11-28T12:00:00.000Z' },
})

describeKafka('two runs with one producer', broker => {
  let topic: string
  const open: Log[] = []
  const log = async (owner: Owner) => {
    const opened = await openKafkaLog({ brokers: broker().brokers, owner })
    open.push(opened)
    return opened
  }
  beforeEach(async () => {
    topic = `owner.${randomUUID()}`
    await (await log(ownerOf(topic, 'nobody'))).ensureTopics([{ name: topic, partitions: 1 }])
  })
  afterEach(async () => {
    for (const opened of open.splice(0)) await opened.close()
  })

  const takenOver = () => ({
    code: 'TAKEN_OVER',
    retriable: false,
    message: `${topic} was taken over by the run that process 7 began on host-b at 2026-11-28T12:00:00.000Z with the data folder /srv/b; this run ends. Stop that one before you start here again, or give one of the two pipelines another name.`,
  })

  test('the older one ends, by whatever it does next, and names the newer one, which goes on', async () => {
    const older = ownerOf(topic, 'a')
    const olderLog = await log(older)
    const olderProducer = await olderLog.producer(topic)
    await olderProducer.append(topic, [text('a')])
    const newer = await (await log(ownerOf(topic, 'b'))).producer(topic)

    await expect(olderLog.reportPositions(topic, from(topic, 1))).rejects.toMatchObject(takenOver())
    await expect(olderProducer.append(topic, [text('late')])).rejects.toMatchObject(takenOver())
    // A process of it that was killed and is started again.
    const again = await log({ ...ownerOf(topic, 'a'), held: true })
    await expect(again.producer(topic)).rejects.toMatchObject(takenOver())

    await newer.append(topic, [text('b')])
    expect(values(await readAll(olderLog, from(topic, 1)))).toEqual(['a', 'b'])
  })

  test('a process that is started again takes over from its own run', async () => {
    await (await log(ownerOf(topic, 'a'))).producer(topic)
    const again = await (await log({ ...ownerOf(topic, 'a'), held: true })).producer(topic)
    await again.append(topic, [text('a')])
  })

  test('a standby takes over from whoever has it, and whoever has lost it so, or begins later, is told to follow', async () => {
    const standby = (run: string) => log({ ...ownerOf(topic, run), standby: true })
    const before = ownerOf(topic, 'a')
    const beforeLog = await log(before)
    const producer = await beforeLog.producer(topic)
    const next = await (await standby('b')).producer(topic)
    const led = {
      code: 'LED_ELSEWHERE',
      retriable: true,
      message: expect.stringMatching(/by its standby, .* on host-b /),
    }
    await expect(producer.append(topic, [text('late')])).rejects.toMatchObject(led)
    await expect(beforeLog.reportPositions(topic, from(topic, 1))).rejects.toMatchObject(led)
    await expect((await log(ownerOf(topic, 'c'))).producer(topic)).rejects.toMatchObject(led)
    await next.append(topic, [text('b')])
    const again = await (await standby('a')).producer(topic)
    await again.append(topic, [text('a')])
    await expect(next.append(topic, [text('late')])).rejects.toMatchObject({ code: 'LED_ELSEWHERE' })
    expect(values(await readAll(beforeLog, from(topic, 1)))).toEqual(['b', 'a'])
  })

  test('a report of positions leaves the owner where it stands', async () => {
    const ownerLog = await log(ownerOf(topic, 'a'))
    await ownerLog.producer(topic)
    await ownerLog.reportPositions(topic, from(topic, 1))
    const again = await log({ ...ownerOf(topic, 'b'), held: true })
    await expect(again.producer(topic)).rejects.toMatchObject({ code: 'TAKEN_OVER' })
  })

  test('who may not write it down works all the same, and is shut out without a name', async () => {
    const { secure } = broker()
    const sasl = { mechanism: 'plain', username: secure.username, password: secure.password } as const
    await withRules(broker(), [{ resource: 'GROUP', name: topic, denied: ['READ'] }], async () => {
      const older = await openKafkaLog({ brokers: [secure.saslPlaintext], sasl, owner: ownerOf(topic, 'a') })
      open.push(older)
      const producer = await older.producer(topic)
      await producer.append(topic, [text('a')])
      await (await log(ownerOf(topic, 'b'))).producer(topic)
      await expect(producer.append(topic, [text('late')])).rejects.toMatchObject({ code: 'TAKEN_OVER' })
    })
  })
})

test('words that are none of ours name no run', () => {
  for (const words of [null, '', 'consumer-1', '7', '{"run":7}', '[]']) expect(otherRun(words, 'a')).toBe(null)
  expect(otherRun(wordsOf(ownerOf('t', 'a')), 'a')).toBe(null)
  expect(otherRun(wordsOf(ownerOf('t', 'b')), 'a')).toMatchObject({ run: 'b', folder: '/srv/b' })
  expect(Buffer.byteLength(wordsOf({ ...ownerOf('t', 'a'), folder: 'ü'.repeat(9_000) }))).toBeLessThan(4_096)
})
