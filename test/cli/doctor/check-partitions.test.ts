import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkPartitions } from '../../../src/cli/doctor/check-partitions.ts'
import { type Partitioner, partitioners } from '../../../src/log/partitioners.ts'
import { topicsOf } from '../../../src/records/topics.ts'
import { layoutOf } from '../../../src/run/layout.ts'
import { openWarehouse } from '../../../src/warehouse/open-warehouse.ts'
import { event, noRows } from '../../warehouse/fixtures.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const start = Date.UTC(2026, 0, 5)
const hour = 3_600_000
const day = 24 * hour
const users = Array.from({ length: 40 }, (_, k) => `user-${k}`)
const placed = (userId: string, rule: Partitioner, partitions: number) =>
  partitioners[rule](Buffer.from(userId), partitions)

/** What the doctor says of a warehouse with these events, of a topic of so many partitions. */
async function said(
  partitions: number,
  events: readonly { userId: string; partition: number; time: number }[],
  limits?: { memoryMb: number; seconds: number; maxRows: number },
) {
  const data = mkdtempSync(join(tmpdir(), 'recstream-doctor-'))
  folders.push(data)
  const layout = layoutOf(data, 'shop')
  const warehouse = await openWarehouse({ ...layout, file: layout.warehouse })
  const topic = topicsOf('shop').behaviourEvents
  const positions = Array.from({ length: partitions }, (_, partition) => ({ topic, partition, offset: events.length }))
  const rows = events.map((each, k) => event(k + 1, { ...each, offset: k }))
  await warehouse.commit({ ...noRows, events: rows, positions })
  await warehouse.close()
  return checkPartitions({ name: 'shop', layout }, limits)
}

const sent = (rule: Partitioner, time: number, of = users, partitions = 8) =>
  of.map(userId => ({ userId, partition: placed(userId, rule, partitions), time }))

test('where two clients place the same users by different rules, the setting that mends it is told', async () => {
  const events = [
    ...sent('murmur2, as Java', start),
    ...sent('CRC32', start + hour),
    ...sent('CRC32', start + 2 * hour),
  ]
  expect(await said(8, events)).toEqual([
    {
      check: 'shop',
      state: 'warning',
      message:
        'Events of 38 of 40 users lie on more than one partition of behaviour-events in the newest week, such as those of "user-0" on 2 and 3, ' +
        'so their order is only that of arrival. The last of them changed partition after 2026-01-05T00:00:00.000Z. Producers place keys by different rules: ' +
        '33% by murmur2 (Java, kafkajs, kafka-python, franz-go), 67% by CRC32 (librdkafka).',
      advice:
        "librdkafka (confluent-kafka, node-rdkafka, rust-rdkafka): set partitioner=murmur2_random, which is Java's.",
    },
  ])
})

test('where neither goes by the rule of Java, both are told', async () => {
  const [found] = await said(8, [...sent('FNV-1a', start), ...sent('CRC32', start + hour)])
  expect(found!.message).toContain('different rules: 50% by CRC32 (librdkafka), 50% by FNV-1a (sarama).')
  expect(found!.advice?.split('\n').map(line => line.split(':')[0])).toEqual([
    'librdkafka (confluent-kafka, node-rdkafka, rust-rdkafka)',
    'sarama',
  ])
})

test('that partitions were added is told, and is no warning', async () => {
  const events = [...sent('CRC32', start, users, 4), ...sent('CRC32', start + hour)]
  const [found, ...more] = await said(8, events)
  expect(more).toEqual([])
  expect(found).toEqual({
    check: 'shop',
    state: 'ok',
    message:
      'Events of 20 of 40 users lie on more than one partition of behaviour-events in the newest week, such as those of "user-1" on 0 and 4, ' +
      'so their order is only that of arrival. The last of them changed partition after 2026-01-05T00:00:00.000Z. ' +
      'Nothing is wrong: users moved when 4 partitions became 8; keys go by CRC32 (librdkafka).',
  })
})

test('a single user on two partitions is told, with all that it may come from', async () => {
  const events = [...sent('FNV-1a', start), ...sent('CRC32', start + hour, ['user-3'])]
  const [found] = await said(8, events)
  expect(found).toMatchObject({
    state: 'warning',
    message:
      'Events of 1 of 40 users lie on more than one partition of behaviour-events in the newest week, such as those of "user-3" on 0 and 6, ' +
      'so their order is only that of arrival. The last of them changed partition after 2026-01-05T00:00:00.000Z.',
  })
  expect(found!.advice?.split('\n').map(line => line.split(/[:(]/)[0])).toEqual([
    'Use the userId as the key of each event, as plain text, and place keys as Java does in all producers.',
    'librdkafka ',
    'sarama',
    '@platformatic/kafka',
  ])
})

test('nothing is told where each user is on one partition: by another rule than Java’s, with one partition, or a week after', async () => {
  expect(await said(8, [...sent('CRC32', start), ...sent('CRC32', start + hour)])).toEqual([])
  expect(await said(1, sent('CRC32', start, users, 1))).toEqual([])
  const mended = [...sent('CRC32', start), ...sent('murmur2, as Java', start + 8 * day)]
  expect(await said(8, mended)).toEqual([])
  expect(await said(8, [])).toEqual([])
})

test('where there are too many to count, that is told', async () => {
  const found = await said(8, sent('CRC32', start), { memoryMb: 512, seconds: 0.001, maxRows: 1_000 })
  expect(found).toEqual([
    {
      check: 'shop',
      state: 'warning',
      message: 'Whether events of a user lie on several partitions cannot be counted within 512 MiB and 0.001 s.',
    },
  ])
})
