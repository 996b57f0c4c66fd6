import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeRecommendation } from '../../src/codec/output.ts'
import { json, type Running, running } from './fixture.ts'

let http: Running
beforeAll(async () => {
  http = await running()
})
afterAll(() => http.close())

test('a list that is asked for is that of the topic, and says where the learner stands', async () => {
  const { status, headers, body } = await http.ask('/v1/users/ann/recommendations?count=3&explain=true')
  expect(status).toBe(200)
  const { explanations, ...list } = body
  expect(explanations).toEqual([{ why: 'a' }])
  expect(decodeRecommendation(Buffer.from(JSON.stringify(list)))).toEqual(list)
  expect(headers.get('etag')).toBe('"movielens-41-ann"')
  expect(headers.get('recstream-position')).toBe('41')
  expect(headers.get('recstream-model-version')).toBe('3')
  expect(headers.get('recstream-behind')).toBe('0')
})

test('wishes of a query reach the learner as those of a body do', async () => {
  const at = http.asked.length
  const query = 'count=5&context=device:phone&context=at:10:30&exclude=a&exclude=b%26c&include-seen=true&surface=home'
  await http.ask(`/v1/users/a%2Fb/recommendations?${query}&filter=item.price%3C9`)
  const body = {
    ...{ count: 5, context: { device: 'phone', at: '10:30' }, exclude: ['a', 'b&c'], includeSeen: true },
    ...{ surface: 'home', filter: 'item.price<9' },
  }
  await http.ask('/v1/users/a%2Fb/recommendations', json('POST', body))
  const [byQuery, byBody] = http.asked.slice(at).map(question => ({ ...question, now: 0 }))
  expect(byQuery).toEqual(byBody)
  expect(byQuery).toMatchObject({
    ...{ userId: 'a/b', count: 5, context: { device: 'phone', at: '10:30' }, exclude: ['a', 'b&c'] },
    ...{ includeSeen: true, surface: 'home', filter: { text: 'item.price<9', params: {} } },
  })
})

test('the learner is told of the trace in which a list is asked for', async () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00'
  const at = http.asked.length
  const [path, events] = ['/v1/users/ann/recommendations', [{ itemId: 'a', behaviour: 'rate' }]]
  await http.ask(path, { headers: { traceparent, tracestate: 'a=1' } })
  await http.ask('/v1/recommendations', json('POST', { userIds: ['ann'] }, { traceparent }))
  await http.ask('/v1/sessions/recommendations', json('POST', { events }, { traceparent: `${traceparent}0` }))
  const traces = http.asked.slice(at).map(question => ('trace' in question ? question.trace : null))
  expect(traces).toEqual([{ parent: traceparent, state: 'a=1' }, { parent: traceparent, state: '' }, null])
})

test('who has the list is told so, and it is not sent again', async () => {
  const headers = { 'if-none-match': '"movielens-41-ann"' }
  const { status, body, headers: told } = await http.ask('/v1/users/ann/recommendations', { headers })
  expect([status, body, told.get('etag')]).toEqual([304, '', '"movielens-41-ann"'])
})

test('several users are asked for at once, in their order', async () => {
  const { body } = await http.ask('/v1/recommendations', json('POST', { userIds: ['bob', 'ann'] }))
  expect(body.lists.map(({ userId }: { userId: string }) => userId)).toEqual(['bob', 'ann'])
})

test('a session is asked for by its events, of behaviours that there are', async () => {
  const at = http.asked.length
  const events = [{ itemId: 'a', behaviour: 'rate', value: 4 }]
  expect(await http.ask('/v1/sessions/recommendations', json('POST', { events }))).toMatchObject({ status: 200 })
  expect(http.asked[at]).toMatchObject({ kind: 'session', events: [{ itemId: 'a', behaviour: 'rate', value: 4 }] })
  const wrong = json('POST', { events: [{ itemId: 'a', behaviour: 'veiw' }] })
  expect((await http.ask('/v1/sessions/recommendations', wrong)).body).toMatchObject({
    code: 'REQUEST_INVALID',
    detail: 'The behaviour "veiw" is none of rate.',
  })
})

test('items are ranked, and found by likeness, popularity and age', async () => {
  const asked = json('POST', { userId: 'ann', itemIds: ['a', 'z'] })
  expect((await http.ask('/v1/rank', asked)).body.items).toHaveLength(2)
  for (const path of ['/v1/items/a/similar?count=1', '/v1/popular?category=drama', '/v1/new']) {
    expect(await http.ask(path)).toMatchObject({ status: 200, body: { items: [{ itemId: 'b' }] } })
  }
  expect(await http.ask('/v1/items/z/similar')).toMatchObject({ status: 404, body: { code: 'ITEM_UNKNOWN' } })
})

test('what is wrong with a filter is told to who wrote it', async () => {
  expect((await http.ask('/v1/popular?filter=item.')).body).toMatchObject({
    ...{ status: 400, code: 'FILTER_INVALID', detail: 'The filter ends too early.' },
  })
})
