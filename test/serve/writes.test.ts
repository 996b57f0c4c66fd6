import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeCommand } from '../../src/codec/output.ts'
import { json, type Running, running, topics } from './fixture.ts'

let http: Running
beforeAll(async () => {
  http = await running()
})
afterAll(() => http.close())

const event = (eventId: string, more: object = {}) => ({
  ...{ eventId, userId: 'ann', itemId: 'film', behaviour: 'rate', time: 1_700_000_000_000, value: 4, ...more },
})
const send = (body: unknown) => http.ask('/v1/events', json('POST', body))

test('events are in the log once they are answered; one that is sent again counts once', async () => {
  expect((await send(event('e-1'))).body).toEqual({ accepted: 1, repeated: 0, refused: [] })
  expect(await http.records(topics.behaviourEvents, 1)).toHaveLength(1)
  expect((await send([event('e-1'), event('e-2'), event('e-2')])).body).toEqual({
    ...{ accepted: 1, repeated: 2, refused: [] },
  })
  const values = (await http.records(topics.behaviourEvents, 2)).map(({ value }) => JSON.parse(String(value)).eventId)
  expect(values.sort()).toEqual(['e-1', 'e-2'])
})

test('events stand in the trace of the request that brought them', async () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  const traces = [{ traceparent, tracestate: 'a=1' }, { traceparent }, { traceparent: 'of mine', tracestate: 'a=1' }]
  for (const [k, headers] of traces.entries()) await http.ask('/v1/events', json('POST', event(`t-${k}`), headers))
  const found = (await http.records(topics.behaviourEvents, 3)).flatMap(({ value, headers }) => {
    const { eventId } = JSON.parse(String(value))
    const told = Object.entries(headers).map(([name, said]) => [name, said.toString()])
    return eventId.startsWith('t-') ? [Object.fromEntries(told)] : []
  })
  expect(found).toEqual([{ traceparent, tracestate: 'a=1' }, { traceparent }, {}])
})

test('an event of a known id that says something else goes to the pipeline, which decides', async () => {
  await send(event('e-3', { value: 3 }))
  expect((await send(event('e-3', { value: 5 }))).body.accepted).toBe(1)
})

test('each event is judged by itself, with the reasons of dead letters', async () => {
  const later = Date.now() + 86_400_000 * 3_650
  const { status, body } = await send([
    event('ok'),
    event('b', { behaviour: 'veiw' }),
    event('v', { value: 11 }),
    event('t', { time: later }),
    { userId: 7 },
    'text',
  ])
  expect(status).toBe(200)
  expect(body.accepted).toBe(1)
  expect(body.refused).toEqual([
    { index: 1, eventId: 'b', reason: 'unknown-behaviour', message: 'The behaviour "veiw" is none of rate.' },
    { index: 2, eventId: 'v', reason: 'value-out-of-range', message: '"value" must be from 1 to 5.' },
    { index: 3, eventId: 't', reason: 'impossible-time', message: expect.stringContaining('The time is') },
    { index: 4, eventId: null, reason: 'invalid', message: expect.stringContaining('"userId" must be a text') },
    { index: 5, eventId: null, reason: 'invalid', message: expect.stringContaining('must be a JSON object') },
  ])
  const { status: refused, body: problem } = await send({ userId: 'ann' })
  expect([refused, problem.code, problem.refused]).toMatchObject([400, 'REQUEST_INVALID', [{ index: 0 }]])
})

test('items, profiles and merges go to their topics; a delete is a tombstone', async () => {
  expect(await http.ask('/v1/items/film', json('PUT', { title: 'Film', tags: ['drama'] }))).toMatchObject({
    ...{ status: 204, body: '' },
  })
  await http.ask('/v1/items/film', { method: 'DELETE' })
  const [put, gone] = await http.records(topics.items, 2)
  expect(JSON.parse(String(put!.value))).toEqual({ itemId: 'film', title: 'Film', tags: ['drama'] })
  expect([String(gone!.key), gone!.value]).toEqual(['film', null])
  await http.ask('/v1/users/ann', json('PUT', { attributes: { city: 'Köln' } }))
  await http.ask('/v1/users/ann', { method: 'DELETE' })
  expect((await http.records(topics.userProfiles, 2)).map(({ value }) => value && JSON.parse(String(value)))).toEqual([
    ...[{ userId: 'ann', attributes: { city: 'Köln' } }, null],
  ])
  const { status, body } = await http.ask('/v1/users/cookie-17/merge', json('POST', { into: 'ann', reason: 'login' }))
  expect(status).toBe(202)
  const [command] = await http.records(topics.commands, 1)
  expect(decodeCommand(command!.value!)).toMatchObject({
    ...{ commandId: body.commandId, kind: 'merge', fromUser: 'cookie-17', toUser: 'ann', reason: 'login' },
  })
})

test('what compaction could not find again is refused', async () => {
  const other = await http.ask('/v1/items/film', json('PUT', { itemId: 'other' }))
  expect([other.status, other.body.code]).toEqual([400, 'REQUEST_INVALID'])
  const itself = await http.ask('/v1/users/ann/merge', json('POST', { into: 'ann' }))
  expect([itself.status, itself.body.code]).toEqual([400, 'REQUEST_INVALID'])
})

test('a list after an event asks for what is known of it, until the learner knows it', async () => {
  await send(event('r-1', { userId: 'reader' }))
  const [before] = await http.log.ranges(topics.behaviourEvents)
  expect(before!.end).toBeGreaterThan(0)
  const at = http.asked.length
  await http.ask('/v1/users/reader/recommendations')
  const { partition, offset } = (http.asked[at] as { after: { partition: number; offset: number } }).after
  const record = (await http.records(topics.behaviourEvents, 1)).find(({ key }) => String(key) === 'reader')!
  expect(partition).toBe(record.partition)
  expect(offset).toBeGreaterThanOrEqual(record.offset)
  await http.ask('/v1/users/reader/recommendations')
  expect(http.asked[at + 1]).toMatchObject({ after: null })
  await http.ask('/v1/users/stranger/recommendations')
  expect(http.asked[at + 2]).toMatchObject({ after: null })
})
