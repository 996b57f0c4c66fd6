import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkBrokers } from '../../../src/cli/doctor/check-brokers.ts'
import type { Finding } from '../../../src/cli/doctor/finding.ts'
import { createClient } from '../../../src/log/kafka/client.ts'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { topicSpecs, topicsOf } from '../../../src/records/topics.ts'
import type { Connection } from '../../../src/run/messages.ts'
import { withRules } from '../../kafka/acls.ts'
import { describeKafka } from '../../kafka/brokers.ts'
import { recstream } from '../run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-doctor-brokers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function all(connection: Connection, pipelines: readonly string[]): Promise<Finding[]> {
  const found: Finding[] = []
  for await (const finding of checkBrokers(connection, pipelines)) found.push(finding)
  return found
}

const shown = (found: readonly Finding[]) =>
  found.map(({ check, state, message }) => `${state} ${check}: ${message.replace(/ \(\d+ ms\)$/, '')}`)

describeKafka('doctor --brokers', broker => {
  test('tries what each part of ingest does', async () => {
    const name = `parted-${randomUUID()}`
    const found: Finding[] = []
    for await (const finding of checkBrokers({ brokers: broker().brokers }, [name], () => 2)) found.push(finding)
    const lines = shown(found)
    for (const part of [0, 1]) {
      expect(lines).toContain(`ok transaction: the id ${name}.ingest.${part} may be used`)
      expect(lines).toContain(`ok commit: positions of the group ${name}.ingest.${part} may be told; none was`)
    }
    expect(lines).toContain(`ok create: 9 topics of ${name} could be made; none was`)
  })

  test('tries each thing that a pipeline does, and leaves no record, topic or position behind', async () => {
    const { brokers } = broker()
    const name = `tried-${randomUUID()}`
    const log = await openKafkaLog({ brokers })
    const admin = createClient({ brokers }).admin()
    await admin.connect()
    try {
      await log.ensureTopics(topicSpecs(name, 2).filter(({ name: topic }) => topic !== topicsOf(name).commands))
      const found = await all({ brokers: ['127.0.0.1:1', ...brokers] }, [name])
      expect(shown(found)).toEqual([
        'warning connect: No Kafka broker answers at 127.0.0.1:1; start one with `npx recstream kafka` or give --brokers.',
        `ok connect: ${brokers[0]} answers`,
        'ok version: Kafka 4.0 or later',
        `ok advertised: broker 1 is reached at ${brokers[0]}`,
        `ok describe: 7 topics of ${name} can be seen`,
        `ok create: 1 topic of ${name} could be made; none was`,
        ...['ingest', 'learn', 'import'].map(role => `ok transaction: the id ${name}.${role} may be used`),
        `ok transaction: begun and aborted under the id ${name}.doctor`,
        `ok produce: 7 topics of ${name} may be written to; no record was`,
        `ok fetch: 7 topics of ${name} may be read`,
        ...['ingest', 'learn'].map(role => `ok commit: positions of the group ${name}.${role} may be told; none was`),
      ])
      for (const { name: topic } of topicSpecs(name, 2)) {
        if (topic !== topicsOf(name).commands) expect(await log.newest(topic)).toEqual([])
      }
      expect((await admin.listTopics()).filter(topic => topic.startsWith(name))).toHaveLength(7)
      expect((await admin.listGroups()).groups.filter(({ groupId }) => groupId.startsWith(name))).toEqual([])
    } finally {
      await admin.disconnect()
      await log.close()
    }
  })

  test('tries what is the same for every pipeline once', async () => {
    const { brokers } = broker()
    const names = [`one-${randomUUID()}`, `two-${randomUUID()}`]
    const found = shown(await all({ brokers }, names))
    expect(found.slice(0, 3)).toEqual([
      `ok connect: ${brokers[0]} answers`,
      'ok version: Kafka 4.0 or later',
      `ok advertised: broker 1 is reached at ${brokers[0]}`,
    ])
    expect(found.slice(3)).toEqual(
      names.flatMap(name => [
        `ok create: 8 topics of ${name} could be made; none was`,
        ...['ingest', 'learn', 'import'].map(role => `ok transaction: the id ${name}.${role} may be used`),
        `ok transaction: begun and aborted under the id ${name}.doctor`,
        ...['ingest', 'learn'].map(role => `ok commit: positions of the group ${name}.${role} may be told; none was`),
      ]),
    )
  })

  test('names each right that is missing, and what does without it', async () => {
    const { brokers, secure } = broker()
    const name = `denied-${randomUUID()}`
    const log = await openKafkaLog({ brokers })
    await log.ensureTopics(topicSpecs(name, 1))
    await log.close()
    const topics = topicsOf(name)
    const sasl = { mechanism: 'plain', username: secure.username, password: secure.password } as const
    const found = await withRules(
      broker(),
      [
        { resource: 'TOPIC', name: topics.behaviourEvents, denied: ['WRITE'] },
        { resource: 'TOPIC', name: topics.recommendations, denied: ['WRITE'] },
        { resource: 'TOPIC', name: topics.items, denied: ['READ'] },
        { resource: 'TOPIC', name: topics.commands, denied: ['ALL'] },
        { resource: 'GROUP', name: `${name}.learn`, denied: ['READ'] },
        { resource: 'TRANSACTIONAL_ID', name: `${name}.ingest`, denied: ['WRITE'] },
      ],
      () => all({ brokers: [secure.saslPlaintext], sasl }, [name]),
    )
    const lacking = found
      .filter(({ state }) => state !== 'ok')
      .map(({ check, state, message }) => `${state} ${check}: ${/lacks the right (.*?);/.exec(message)?.[1]}`)
    expect(lacking).toEqual([
      `problem describe: Describe on the topic ${topics.commands}`,
      `problem transaction: Write on the transactional id ${name}.ingest`,
      `warning produce: Write on the topic ${topics.behaviourEvents}`,
      `problem produce: Write on the topic ${topics.recommendations}`,
      `problem fetch: Read on the topic ${topics.items}`,
      `warning commit: Read on the group ${name}.learn`,
    ])
  })

  test('is said as JSON too, with times, and works without a pipeline or a data folder', async () => {
    const [address] = broker().brokers as [string]
    const given = ['doctor', '--brokers', address, '--data', join(folder, 'none'), '--json']
    const { code, stdout } = await recstream(given)
    expect(code).toBe(0)
    const { findings } = JSON.parse(stdout) as { findings: Finding[] }
    expect(findings.find(({ check }) => check === 'connect')).toEqual({
      ...{ check: 'connect', state: 'ok', message: expect.stringContaining(`${address} answers (`) },
      ms: expect.any(Number),
    })
    expect(findings.map(({ check }) => check)).toContain('transaction')
  })
})

test('brokers that do not answer are a problem, and nothing more is tried', async () => {
  const found = await all({ brokers: ['127.0.0.1:1'] }, [])
  expect(shown(found).filter(line => !line.startsWith('ok not tried'))).toEqual([
    'problem connect: No Kafka broker answers at 127.0.0.1:1; start one with `npx recstream kafka` or give --brokers.',
  ])
})
