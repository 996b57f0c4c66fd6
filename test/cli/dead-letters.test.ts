import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deadLetterRecord } from '../../src/ingest/collect/dead-letter.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { topicSpecs } from '../../src/records/topics.ts'
import { jsonLines, recstream } from './run-cli.ts'

let data: string
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'recstream-dead-letters-'))
  const log = await openEmbeddedLog({ folder: join(data, 'shop', 'log') })
  await log.ensureTopics(topicSpecs('shop', 1))
  const producer = await log.producer('shop.ingest')
  const letter = (number: number, topic: string, reason: string, value: Buffer) =>
    deadLetterRecord(
      {
        number,
        topic: `shop.${topic}`,
        partition: 0,
        offset: number * 10,
        timestamp: 1_700_000_000_000,
        reason,
        message: `It was ${reason}.`,
        key: Buffer.from(`k${number}`),
        value,
        headers: { trace: Buffer.from('a1'), 'recstream-import': Buffer.from('x'), bytes: Buffer.from([0xff]) },
      },
      'shop',
    )
  const letters = [
    letter(1, 'behaviour-events', 'unknown-behaviour', Buffer.from('{"userId":"k1"}')),
    letter(2, 'behaviour-events', 'undecodable', Buffer.from([0xff, 0x00, 0x7b])),
    letter(3, 'items', 'invalid', Buffer.from('{"itemId":7}')),
  ]
  await producer.append('shop.dead-letters', letters)
  await producer.append('shop.dead-letters', [letters[2]!]) // as after a crash between publishing and remembering
  await log.close()
})
afterAll(() => rmSync(data, { recursive: true, force: true }))

test('list counts each once by reason and shows the newest first', async () => {
  const { code, stdout } = await recstream(['dead-letters', '--data', data, '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    pipeline: 'shop',
    total: 3,
    byReason: { 'unknown-behaviour': 1, undecodable: 1, invalid: 1 },
    newest: [{ number: 3 }, { number: 2, value: '0xff007b' }, { number: 1, value: '{"userId":"k1"}' }],
  })
  const shown = await recstream(['dead-letters', 'list', '--data', data, '--reason', 'invalid'])
  expect(shown.stdout).toContain('1 dead letter.')
  expect(shown.stdout).toContain('shop.items/0@30')
})

test('show tells where one came from, why, and its bytes', async () => {
  const { stdout } = await recstream(['dead-letters', 'show', '2', '--data', data])
  expect(stdout).toContain('shop.behaviour-events, partition 0, offset 20')
  expect(stdout).toContain('undecodable: the value is neither JSON nor Avro')
  expect(stdout).toContain('0xff007b')
  expect(stdout).toContain('header     trace: a1\n')
  const missing = await recstream(['dead-letters', 'show', '9', '--data', data])
  expect(missing).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error\[CONFIG_INVALID\]: .*no dead letter 9/),
  })
})

test('replay sends the original bytes again, and only with --yes', async () => {
  const args = ['dead-letters', 'replay', '--data', data, '--reason', 'unknown-behaviour']
  const asked = await recstream(args)
  expect(asked.stdout).toBe(
    'Would send 1 record to shop.behaviour-events again.\nNothing was sent; say --yes to do it.\n',
  )
  const done = await recstream([...args, '--yes', '--json'])
  expect(JSON.parse(done.stdout)).toEqual({
    pipeline: 'shop',
    replayed: true,
    total: 1,
    byTopic: { 'shop.behaviour-events': 1 },
  })
  const log = await openEmbeddedLog({ folder: join(data, 'shop', 'log') })
  const reader = await log.reader([{ topic: 'shop.behaviour-events', partition: 0, offset: 0 }])
  const records = await reader.read(1_000)
  await log.close()
  expect(records).toHaveLength(1)
  expect(records[0]!.key!.toString()).toBe('k1')
  expect(records[0]!.value!.toString()).toBe('{"userId":"k1"}')
  // The original ones and the number; what an import wrote there belongs to the first place alone.
  const headers = { trace: Buffer.from('a1'), bytes: Buffer.from([0xff]), 'recstream-replayed': Buffer.from('1') }
  expect({ ...records[0]!.headers }).toEqual(headers)
})

test('tail shows them as JSON lines', async () => {
  const { stdout } = await recstream(['tail', 'dead-letters', '--data', data, '--limit', '2'])
  expect(jsonLines(stdout)).toMatchObject([
    { number: 1, reason: 'unknown-behaviour', key: 'k1', headers: { trace: 'a1', bytes: '0xff' } },
    { number: 2, stage: 'collect' },
  ])
})

test('one that was cut tells its length, and its beginning is not replayed', async () => {
  const log = await openEmbeddedLog({ folder: join(data, 'shop', 'log') })
  const cut = deadLetterRecord(
    {
      number: 4,
      topic: 'shop.items',
      partition: 0,
      offset: 40,
      timestamp: 1_700_000_000_000,
      reason: 'too-large',
      message: 'It was too large.',
      key: Buffer.from('k4'),
      value: Buffer.alloc(7 * 2 ** 20, 'x'),
      headers: {},
    },
    'shop',
  )
  await (await log.producer('shop.ingest')).append('shop.dead-letters', [cut])
  await log.close()
  const shown = await recstream(['dead-letters', 'show', '4', '--data', data])
  expect(shown.stdout).toContain('value (1.0 MiB of 7.0 MiB)')
  const replayed = await recstream(['dead-letters', 'replay', '--data', data, '--reason', 'too-large', '--yes'])
  expect(replayed.stdout).toBe('There is nothing to replay.\n')
})
