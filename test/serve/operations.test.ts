import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeCommand } from '../../src/codec/output.ts'
import { json, type Running, running, standing, topics } from './fixture.ts'

let http: Running
beforeAll(async () => {
  http = await running({ tables: true })
})
afterAll(() => http.close())

const sql = (body: object, init: RequestInit = {}) => http.ask('/v1/sql', { ...json('POST', body), ...init })

test('statements are answered with columns, their types and rows, all as of one event', async () => {
  const query = "select $who || '!' as who, 2::decimal(4, 1) as two; select count(*) as events from events"
  const { status, body } = await sql({ query, params: { who: "o'ann" } })
  expect(status).toBe(200)
  expect(body).toEqual({
    asOf: null,
    ageMs: expect.any(Number),
    answers: [
      {
        columns: [
          { name: 'who', type: 'VARCHAR' },
          { name: 'two', type: 'DECIMAL(4,1)' },
        ],
        ...{ rows: [["o'ann!", 2]], count: 1, truncated: false },
      },
      { columns: [{ name: 'events', type: 'BIGINT' }], rows: [[0]], count: 1, truncated: false },
    ],
  })
})

test('rows come as lines of JSON and as an Arrow stream, with what else there is to say in headers', async () => {
  const query = 'select range as n from range(2)'
  const lines = await fetch(`${http.url}/v1/sql`, json('POST', { query, format: 'jsonl' }))
  expect([lines.status, lines.headers.get('recstream-truncated')]).toEqual([200, 'false'])
  expect(await lines.text()).toBe('{"n":0}\n{"n":1}\n')
  const arrow = await fetch(`${http.url}/v1/sql`, json('POST', { query, format: 'arrow' }))
  expect(arrow.headers.get('content-type')).toBe('application/vnd.apache.arrow.stream')
  const bytes = Buffer.from(await arrow.arrayBuffer())
  expect([bytes.readInt32LE(0), bytes.readInt32LE(bytes.length - 8)]).toEqual([-1, -1])
  expect(await sql({ query: `${query}; ${query}`, format: 'arrow' })).toMatchObject({
    ...{ status: 422, body: { code: 'SQL_INVALID' } },
  })
})

test('what is wrong with a query is told in DuckDB’s words, and nothing but tables can be reached', async () => {
  const wrong = await sql({ query: 'select nothing from events' })
  expect([wrong.status, wrong.body.code]).toEqual([422, 'SQL_INVALID'])
  expect(wrong.body.detail).toMatch(/^Binder Error: Referenced column "nothing" not found/)
  expect(await sql({ query: "select * from read_csv('/etc/passwd')" })).toMatchObject({
    ...{ status: 422, body: { code: 'SQL_FORBIDDEN' } },
  })
  expect(await sql({ query: 'drop table events' })).toMatchObject({ status: 422, body: { code: 'SQL_FORBIDDEN' } })
  expect(await sql({ query: '-- nothing' })).toMatchObject({ status: 422, body: { code: 'SQL_INVALID' } })
})

test('a query whose client goes away is ended', async () => {
  const leaving = new AbortController()
  const query = 'select count(*) from range(100000000) as a, range(100000) as b where a.range + b.range < 0'
  const operations = http.service.operations
  const asked = operations.sql({ query, params: {}, arrow: false }, leaving.signal)
  setTimeout(() => leaving.abort(), 200)
  await expect(asked).rejects.toMatchObject({ code: 'SQL_LIMIT' })
  expect((await sql({ query: 'select 1' })).status).toBe(200)
})

test('a status tells what is known, and null where nobody answers', async () => {
  const { body } = await http.ask('/v1/status')
  expect(body).toEqual({
    ...{ pipeline: 'movielens', log: 'embedded', ingest: null, tables: null, partitions: null, newest: null },
    learner: standing,
    arms: [
      { name: 'rated', policy: 'champion', share: 0.5 },
      { name: 'planned', policy: 'ddpg-la', share: 0.5 },
    ],
  })
})

test('commands to arms go to their topic where they fit the arms', async () => {
  const given = await http.ask('/v1/arms/shares', json('POST', { shares: { rated: 1, planned: 3 }, reason: 'trial' }))
  expect([given.status, given.body.shares]).toEqual([202, { rated: 0.25, planned: 0.75 }])
  const [command] = await http.records(topics.commands, 1)
  expect(decodeCommand(command!.value!)).toMatchObject({
    ...{ commandId: given.body.commandId, kind: 'shares', shares: { rated: 1, planned: 3 }, reason: 'trial' },
  })
  expect((await http.ask('/v1/arms/promote', json('POST', { arm: 'rated' }))).body.shares).toEqual({
    ...{ rated: 1, planned: 0 },
  })
  expect((await http.ask('/v1/arms/roll-back', json('POST', {}))).body.shares).toEqual({ rated: 0.25, planned: 0.75 })
  expect((await http.ask('/v1/arms/promote', json('POST', { arm: 'plan' }))).body).toMatchObject({
    ...{ status: 400, code: 'REQUEST_INVALID', detail: expect.stringContaining('did you mean planned?') },
  })
})

test('a roll-back of the model goes to the topic of commands', async () => {
  const given = await http.ask('/v1/models/roll-back', json('POST', { version: 40_000, reason: 'the feed was broken' }))
  expect([given.status, given.body.version]).toEqual([202, 40_000])
  const command = (await http.records(topics.commands, 4)).at(-1)!
  expect(decodeCommand(command.value!)).toMatchObject({
    ...{ commandId: given.body.commandId, kind: 'weights', reason: 'the feed was broken' },
    weights: { version: 40_000, tensors: null },
  })
  for (const version of [-1, Number.MAX_SAFE_INTEGER])
    expect((await http.ask('/v1/models/roll-back', json('POST', { version }))).status).toBe(400)
})

test('without dead letters there is nothing to replay', async () => {
  expect((await http.ask('/v1/dead-letters/replay', json('POST', {}))).body).toEqual({
    ...{ sent: false, total: 0, byTopic: {} },
  })
})
