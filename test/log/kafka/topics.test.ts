import { randomUUID } from 'node:crypto'
import { type Admin, Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Connection } from '../../../src/log/kafka/connection.ts'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { createCommand, settingsCommand } from '../../../src/log/kafka/topic-commands.ts'
import { topicStates } from '../../../src/log/kafka/topic-states.ts'
import type { Log, TopicSpec } from '../../../src/log/log.ts'
import { topicSpecs } from '../../../src/records/topics.ts'
import { describeKafka } from '../../kafka/brokers.ts'

describeKafka('topics of a broker', broker => {
  let log: Log
  let admin: Admin
  beforeAll(async () => {
    log = await openKafkaLog({ brokers: broker().brokers })
    admin = new Kafka({ brokers: broker().brokers, logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
  })
  afterAll(async () => {
    await log?.close()
    await admin?.disconnect()
  })

  const name = () => `topics-${randomUUID().slice(0, 8)}`

  /** A topic as somebody made it beforehand. */
  async function made(topic: string, settings: Record<string, string>, partitions = 1): Promise<void> {
    const configEntries = Object.entries(settings).map(([setting, value]) => ({ name: setting, value }))
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }], waitForLeaders: false })
  }

  /** What was set on a topic itself. */
  async function settingsOn(topic: string): Promise<Record<string, string>> {
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name: topic }] })
    const own = resources[0]!.configEntries.filter(({ configSource }) => Number(configSource) === 1)
    return Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]))
  }

  /** Run what a line says, as Kafka's tools would. */
  async function pasted(line: string): Promise<void> {
    expect(line).toContain(`--bootstrap-server ${broker().brokers[0]}`)
    const option = (wanted: string) => new RegExp(`--${wanted} (\\S+)`).exec(line)?.[1] ?? ''
    const pairs = (text: string) => text.split('=') as [string, string]
    if (line.startsWith('kafka-topics') && line.includes('--create')) {
      const settings = [...line.matchAll(/--config (\S+)/g)].map(([, pair]) => pairs(pair!))
      await made(option('topic'), Object.fromEntries(settings), Number(option('partitions')))
    } else if (line.startsWith('kafka-topics') && line.includes('--delete')) {
      await admin.deleteTopics({ topics: [option('topic')] })
    } else if (line.startsWith('kafka-topics') && line.includes('--alter')) {
      const topicPartitions = [{ topic: option('topic'), count: Number(option('partitions')) }]
      await admin.createPartitions({ topicPartitions })
    } else if (line.startsWith('kafka-configs') && line.includes('--alter')) {
      const before = await settingsOn(option('entity-name'))
      const added = Object.fromEntries(option('add-config').split(',').map(pairs))
      const configEntries = Object.entries({ ...before, ...added }).map(([setting, value]) => ({
        name: setting,
        value,
      }))
      const resources = [{ type: 2, name: option('entity-name'), configEntries }]
      await admin.alterConfigs({ validateOnly: false, resources })
    } else throw new Error(`Nobody knows what to do with: ${line}`)
  }

  const commandsIn = (message: string) =>
    message
      .split('\n')
      .filter(line => line.startsWith('  kafka-'))
      .map(line => line.trim())

  test("topics with the broker's own settings are refused, and the commands that are given mend them", async () => {
    const shop = name()
    const specs = topicSpecs(shop, 2)
    for (const spec of specs) await made(spec.name, {}, spec.exact ? 3 : 1)
    const error = await log.ensureTopics(specs).catch(thrown => thrown)
    expect(error).toMatchObject({ code: 'TOPIC_INVALID', retriable: false })
    for (const said of [
      `${shop}.interest-sequences, ${shop}.commands have partitions=3: only the first would be read`,
      `${shop}.behaviour-events, ${shop}.user-profiles, ${shop}.recommendations have partitions=1: 2 are asked for`,
      `${shop}.behaviour-events has retention.ms=604800000: records go 7 days after their own time`,
      `${shop}.user-profiles, ${shop}.items, ${shop}.model-versions have cleanup.policy=delete: what still holds would be removed`,
      `${shop}.interest-sequences, ${shop}.commands, ${shop}.dead-letters have max.message.bytes=1048588`,
      'message.timestamp.after.max.ms=3600000',
    ]) {
      expect(error.message).toContain(said)
    }

    for (const line of commandsIn(error.message)) await pasted(line)
    expect(await log.ensureTopics(specs)).toEqual([])
    expect((await log.examineTopics(specs)).map(({ partitions }) => partitions)).toEqual(
      specs.map(({ partitions }) => partitions),
    )
  })

  test('a topic that a broker still lists after it was deleted is looked for again, and is not there', async () => {
    const [kept, gone] = [name(), name()]
    for (const topic of [kept, gone]) await made(topic, {})
    await log.ranges(gone)
    await admin.deleteTopics({ topics: [gone] })
    // What a broker that has not heard of it yet would say, twice.
    const late = [[kept, gone], [kept, gone], [kept]]
    const settings = { brokers: broker().brokers }
    const connection = new Connection(settings)
    const stale = { listTopics: async () => late.shift() ?? [kept], describeCluster: () => admin.describeCluster() }
    const states = await topicStates(settings, stale, connection, [
      { name: kept, partitions: 1 },
      { name: gone, partitions: 1 },
    ]).finally(() => connection.close())
    expect(states.map(({ name: topic, partitions }) => [topic, partitions])).toEqual([
      [kept, 1],
      [gone, 0],
    ])
    expect(late).toEqual([])
  })

  test('what may be meant is told, and holds nothing up', async () => {
    const shop = name()
    const specs = topicSpecs(shop, 1)
    await made(`${shop}.behaviour-events`, {
      ...{ 'retention.ms': '-1', 'message.timestamp.type': 'LogAppendTime', 'message.timestamp.before.max.ms': '1000' },
      'unclean.leader.election.enable': 'true',
    })
    await made(`${shop}.items`, {
      'cleanup.policy': 'compact,delete',
      'retention.ms': '-1',
      'delete.retention.ms': '3600000',
    })
    await made(`${shop}.user-profiles`, { 'cleanup.policy': 'delete', 'retention.ms': '-1' }, 5)
    const told = (await log.ensureTopics(specs)).map(({ topic, setting, wanted }) => [
      topic.slice(shop.length + 1),
      setting,
      wanted,
    ])
    expect(told).toEqual([
      ['behaviour-events', 'message.timestamp.type', 'CreateTime'],
      ['behaviour-events', 'message.timestamp.before.max.ms', '9223372036854775807'],
      ['behaviour-events', 'unclean.leader.election.enable', 'false'],
      ['user-profiles', 'cleanup.policy', 'compact'],
      ['items', 'delete.retention.ms', '86400000'],
    ])
  })

  test('an owner may accept that old events go; what the learner follows must stay whole', async () => {
    const shop = name()
    const specs = topicSpecs(shop, 1, 'any')
    for (const { name: topic, compacted } of specs.filter(each => each.whole === undefined && !each.compacted)) {
      expect(compacted).toBeUndefined()
      await made(topic, {
        'retention.bytes': '1000',
        'max.message.bytes': '8388608',
        'message.timestamp.after.max.ms': '9223372036854775807',
      })
    }
    expect(await log.ensureTopics(specs)).toEqual([])
    expect(
      (await log.examineTopics(topicSpecs(shop, 1))).flatMap(({ faults }) => faults.map(({ setting }) => setting)),
    ).toEqual(['retention.ms', 'retention.bytes', 'retention.ms', 'retention.bytes', 'retention.ms', 'retention.bytes'])

    const next = name()
    await made(`${next}.interest-sequences`, { 'cleanup.policy': 'compact', 'min.insync.replicas': '2' })
    await expect(log.ensureTopics(topicSpecs(next, 1, 'any'))).rejects.toThrow(
      /cleanup\.policy=compact: all but [\s\S]* min\.insync\.replicas=2: nothing can be written/,
    )
  })

  test('printed commands make what the pipeline would make', async () => {
    const [own, printed, mended] = [name(), name(), name()] as const
    const byLine = (shop: string, command: typeof createCommand) =>
      topicSpecs(shop, 3).map(spec => command(spec, { brokers: broker().brokers }))
    await log.ensureTopics(topicSpecs(own, 3))
    for (const line of byLine(printed, createCommand)) await pasted(line)
    for (const { name: topic, partitions } of topicSpecs(mended, 3)) await made(topic, {}, partitions)
    for (const line of byLine(mended, settingsCommand)) await pasted(line)
    const all = async (shop: string) =>
      Promise.all(
        topicSpecs(shop, 3).map(async ({ name: topic }) => ({
          topic: topic.slice(shop.length),
          partitions: (await log.ranges(topic)).length,
          settings: await settingsOn(topic),
        })),
      )
    const wanted = await all(own)
    expect(wanted[0]).toEqual({
      topic: '.behaviour-events',
      partitions: 3,
      settings: {
        ...{ 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' },
        'message.timestamp.type': 'CreateTime',
        'message.timestamp.before.max.ms': '9223372036854775807',
        'message.timestamp.after.max.ms': '9223372036854775807',
      },
    })
    expect(await all(printed)).toEqual(wanted)
    expect(await all(mended)).toEqual(wanted)
  })

  test('processes that begin at once make each topic once', async () => {
    const specs = topicSpecs(name(), 2)
    const logs = await Promise.all([1, 2, 3].map(() => openKafkaLog({ brokers: broker().brokers })))
    try {
      expect(await Promise.all(logs.map(each => each.ensureTopics(specs)))).toEqual([[], [], []])
    } finally {
      for (const each of logs) await each.close()
    }
  })

  test.each<[string, Partial<TopicSpec>, RegExp]>([
    ['partitions without end', { partitions: 50_000 }, /The broker does not make .*: .*(50000|partitions)/],
    ['a setting of no sense', { maxMessageBytes: -7 }, /The broker does not make .*: .*max\.message\.bytes/],
  ])("%s are refused with the broker's own reason, once", async (_, asked, reason) => {
    const topic = `${name()}.items`
    const error = await log.ensureTopics([{ name: topic, partitions: 1, ...asked }]).catch(thrown => thrown)
    expect(error).toMatchObject({ code: 'TOPIC_INVALID', retriable: false })
    expect(error.message).toMatch(reason)
    expect(error.message).toContain(`recstream topics -p ${topic.split('.')[0]} --print`)
  })
})
