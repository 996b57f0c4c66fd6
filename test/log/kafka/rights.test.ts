import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { KafkaSettings } from '../../../src/log/kafka/client.ts'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { missing } from '../../../src/log/kafka/rights.ts'
import type { Log } from '../../../src/log/log.ts'
import { withRules } from '../../kafka/acls.ts'
import { describeKafka } from '../../kafka/brokers.ts'
import { from, readAll, text } from '../fixtures/read.ts'

describeKafka('a right that is missing is named, with the command that gives it', broker => {
  let admin: Log
  let log: Log
  let topic: string
  let at: string
  beforeEach(async () => {
    const { brokers, secure } = broker()
    at = secure.saslPlaintext
    const sasl = { mechanism: 'scram-sha-256', username: secure.username, password: secure.password } as const
    admin = await openKafkaLog({ brokers })
    log = await openKafkaLog({ brokers: [at], sasl })
    topic = `rights.${randomUUID()}`
    await admin.ensureTopics([{ name: topic, partitions: 1 }])
  })
  afterEach(async () => {
    await admin.close()
    await log.close()
  })

  const lacks = (operation: string, on: string, option: string) => ({
    code: 'LOG_FORBIDDEN',
    retriable: false,
    message: `User:recstream lacks the right ${operation} on ${on}; an administrator grants it: \`kafka-acls --bootstrap-server ${at} --add --allow-principal User:recstream --operation ${operation} ${option}\`.`,
  })
  const onTopic = (operation: string) => lacks(operation, `the topic ${topic}`, `--topic ${topic}`)

  test('Write on a topic', async () => {
    const producer = await log.producer(topic)
    await withRules(broker(), [{ resource: 'TOPIC', name: topic, denied: ['WRITE'] }], () =>
      expect(producer.append(topic, [text('a')])).rejects.toMatchObject(onTopic('Write')),
    )
  })

  test('Read on a topic', async () => {
    await (await admin.producer(topic)).append(topic, [text('a')])
    await withRules(broker(), [{ resource: 'TOPIC', name: topic, denied: ['READ'] }], async () => {
      await expect(readAll(log, from(topic, 1))).rejects.toMatchObject(onTopic('Read'))
      await expect(log.newest(topic)).rejects.toMatchObject(onTopic('Read'))
    })
  })

  test('Describe on a topic, and the topics that may be seen still are', async () => {
    const seen = `rights.${randomUUID()}`
    await admin.ensureTopics([{ name: seen, partitions: 1 }])
    await withRules(broker(), [{ resource: 'TOPIC', name: topic, denied: ['ALL'] }], async () => {
      await expect(log.ranges(topic)).rejects.toMatchObject(onTopic('Describe'))
      await expect(log.ensureTopics([seen, topic].map(name => ({ name, partitions: 1 })))).rejects.toMatchObject(
        onTopic('Describe'),
      )
      expect(await log.ranges(seen)).toEqual([{ partition: 0, first: 0, end: 0 }])
    })
  })

  test.each([['ALL'], ['WRITE']] as const)('Write on a transactional id, where %s is denied', async denied => {
    await withRules(broker(), [{ resource: 'TRANSACTIONAL_ID', name: topic, denied: [denied] }], () =>
      expect(log.producer(topic)).rejects.toMatchObject(
        lacks('Write', `the transactional id ${topic}`, `--transactional-id ${topic}`),
      ),
    )
  })

  test.each([['ALL'], ['READ']] as const)('Read on a group, where %s is denied', async denied => {
    await withRules(broker(), [{ resource: 'GROUP', name: topic, denied: [denied] }], () =>
      expect(log.reportPositions(topic, from(topic, 1))).rejects.toMatchObject(
        lacks('Read', `the group ${topic}`, `--group ${topic}`),
      ),
    )
  })
})

describe('who lacks it', () => {
  const right = { operation: 'Write', resource: 'cluster' } as const
  const said = (settings: Omit<KafkaSettings, 'brokers'>) =>
    missing({ brokers: ['b:9092'], ...settings }, right).message

  test('nobody in particular, without a login', () => {
    expect(said({})).toContain('--allow-principal User:ANONYMOUS --operation Write --cluster`')
  })

  test('a name that a shell would take apart is quoted', () => {
    const sasl = { mechanism: 'plain', username: "o'shop $1", password: 'open-sesame' } as const
    expect(said({ sasl })).toContain(String.raw`--allow-principal 'User:o'\''shop $1' --operation`)
    expect(said({ sasl })).not.toContain('open-sesame')
  })
})
