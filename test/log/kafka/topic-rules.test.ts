import { describe, expect, test } from 'vitest'
import { refusalOf } from '../../../src/log/kafka/create-topics.ts'
import { createCommand, mendCommands, settingsCommand } from '../../../src/log/kafka/topic-commands.ts'
import { newerSettings, settingsOf } from '../../../src/log/kafka/topic-rules.ts'
import { settingFaults } from '../../../src/log/kafka/topic-states.ts'
import type { TopicFault } from '../../../src/log/log.ts'
import { faultSentences } from '../../../src/log/topic-faults.ts'
import { topicSpecs } from '../../../src/records/topics.ts'

const specs = topicSpecs('shop', 2)
const specOf = (role: string) => specs.find(({ name }) => name === `shop.${role}`)!
const noLimit = '9223372036854775807'

test.each(specs.map(spec => [spec.name, spec] as const))('%s is without fault as it is made', (_, spec) => {
  expect(settingFaults(spec, { replicas: 3, settings: settingsOf(spec) })).toEqual([])
})

test('brokers before 3.6 have one setting in place of two, and one that knows neither gets none', () => {
  const { 'message.timestamp.difference.max.ms': difference, ...others } = settingsOf(specOf('items'), newerSettings)
  expect(difference).toBe(noLimit)
  const neither = new Set([...newerSettings, 'message.timestamp.difference.max.ms'])
  expect(settingsOf(specOf('items'), neither)).toEqual(others)
  expect(Object.keys(others).filter(name => newerSettings.has(name))).toEqual([])
})

describe('of a topic that is there', () => {
  const faults = (role: string, setting: string, value: string, replicas = 3) =>
    settingFaults(specOf(role), { replicas, settings: { ...settingsOf(specOf(role)), [setting]: value } }).map(
      ({ refused, wanted }) => [refused ? 'refused' : 'told', wanted],
    )

  test.each<[role: string, setting: string, value: string, said: [string, string][]]>([
    ['behaviour-events', 'cleanup.policy', 'compact,delete', [['refused', 'delete']]],
    ['behaviour-events', 'cleanup.policy', '', []],
    ['user-profiles', 'cleanup.policy', 'compact,delete', []],
    ['user-profiles', 'retention.ms', '604800000', []],
    ['behaviour-events', 'message.timestamp.after.max.ms', '3600000', []],
    ['dead-letters', 'message.timestamp.after.max.ms', '3600000', [['refused', noLimit]]],
    ['user-profiles', 'message.timestamp.difference.max.ms', '1000', [['told', noLimit]]],
    ['commands', 'message.timestamp.difference.max.ms', '1000', [['refused', noLimit]]],
    ['dead-letters', 'max.message.bytes', '8388607', [['refused', '8388608']]],
    ['recommendations', 'max.message.bytes', '1048588', []],
    ['items', 'min.insync.replicas', '2', []],
    ['items', 'min.insync.replicas', '4', [['refused', '2']]],
    ['items', 'message.format.version', '0.10.2-IV0', [['refused', '2.4']]],
    ['items', 'message.format.version', '0.11.0', []],
    ['items', 'delete.retention.ms', '1000', [['told', '86400000']]],
    ['model-versions', 'delete.retention.ms', '1000', []],
  ])('%s, %s=%s', (role, setting, value, said) => {
    expect(faults(role, setting, value)).toEqual(said)
  })

  test('min.insync.replicas is held against the copies that there are', () => {
    expect(faults('items', 'min.insync.replicas', '1', 1)).toEqual([])
    expect(faults('items', 'min.insync.replicas', '2', 1)).toEqual([['refused', '1']])
  })
})

const brokers = ['kafka-1:9092', 'kafka-2:9092']
const fault = (topic: string, setting: string, value: string, wanted: string): TopicFault => ({
  ...{ topic, setting, value, wanted, why: 'reason', refused: true },
})

test('faults that topics share are one sentence, and those of a topic one command', () => {
  const faults = [
    fault('a', 'retention.ms', '5', '-1'),
    fault('b', 'retention.ms', '5', '-1'),
    fault('a', 'cleanup.policy', 'compact', 'delete'),
  ]
  expect(faultSentences(faults)).toEqual(['a, b have retention.ms=5: reason.', 'a has cleanup.policy=compact: reason.'])
  const alter = 'kafka-configs --bootstrap-server kafka-1:9092,kafka-2:9092 --alter --entity-type topics --entity-name'
  expect(mendCommands(brokers, faults)).toEqual([
    `${alter} a --add-config retention.ms=-1,cleanup.policy=delete`,
    `${alter} b --add-config retention.ms=-1`,
  ])
})

test('a topic that must be made anew is not mended as well', () => {
  const anew = { ...fault('a', 'partitions', '3', '1'), command: 'kafka-topics … --delete --topic a' }
  expect(mendCommands(brokers, [fault('a', 'retention.ms', '5', '-1'), anew])).toEqual([anew.command])
})

test('commands are told where the brokers are, how to log in and how many copies there are', () => {
  expect(createCommand({ name: 'shop.items', partitions: 2 }, { brokers, replicas: 3, commandConfig: 'login' })).toBe(
    'kafka-topics --bootstrap-server kafka-1:9092,kafka-2:9092 --command-config login --create --if-not-exists ' +
      '--topic shop.items --partitions 2 --replication-factor 3 --config cleanup.policy=delete --config retention.ms=-1 ' +
      '--config retention.bytes=-1 --config message.timestamp.type=CreateTime ' +
      `--config message.timestamp.before.max.ms=${noLimit} --config message.timestamp.after.max.ms=${noLimit}`,
  )
})

test('a retention that is left to its owner is not set on a topic that is there', () => {
  const [events] = topicSpecs('shop', 1, 'any')
  expect(settingsCommand(specOf('behaviour-events'), { brokers })).toContain('retention.ms=-1')
  expect(settingsCommand(events!, { brokers })).not.toContain('retention.')
  expect(createCommand(events!, { brokers })).toContain('retention.ms=-1')
})

test.each([
  [
    29,
    'LOG_FORBIDDEN',
    /User:ANONYMOUS lacks the right Create on the topics shop\.….* --topic shop\. --resource-pattern/,
  ],
  [
    44,
    'TOPIC_INVALID',
    /The broker does not make shop\.items: Three copies, please; `recstream topics -p shop --print`/,
  ],
  [38, 'TOPIC_INVALID', /Three copies, please/],
])('code %i of a broker is an error with its reason, and ends there', (code, as, text) => {
  const error = refusalOf({ brokers }, [{ topic: 'shop.items', code, message: 'Three copies, please.' }])
  expect(error).toMatchObject({ code: as, retriable: false })
  expect(error.message).toMatch(text)
  expect(error.message).toContain('`recstream topics -p shop --print`')
})
