import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { RecstreamError } from '../../src/errors.ts'
import type { Log } from '../../src/log/log.ts'
import { answering, json, type Running, running } from './fixture.ts'

let http: Running
afterEach(() => http.close())

const event = { userId: 'ann', itemId: 'film', behaviour: 'rate', time: 1_700_000_000_000, value: 4 }

/** What comes back over a bare connection until its other end closes it. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = ''
    const socket = connect(http.server.address.port, '127.0.0.1', () => socket.write(text))
    socket.setEncoding('utf8').on('data', part => (heard += part))
    socket.on('close', () => resolve(heard)).on('error', reject)
  })
}

test('what is no route, no method, no JSON or too much is answered as a problem', async () => {
  http = await running({ limits: { body: 1_000 } })
  const cases: [path: string, init: RequestInit, status: number, code: string][] = [
    ['/nothing', {}, 404, 'NOT_FOUND'],
    ['/v1/users/ann', {}, 405, 'METHOD_NOT_ALLOWED'],
    ['/v1/new', { method: 'QUERY' }, 405, 'METHOD_NOT_ALLOWED'],
    ['/v1/new', { method: 'PROPFIND' }, 405, 'METHOD_NOT_ALLOWED'],
    ['/v1/users/%E0%A4/recommendations', {}, 400, 'REQUEST_INVALID'],
    ['/v1/users/%00/recommendations', {}, 400, 'REQUEST_INVALID'],
    ['/v1/users/ann/recommendations?count=0', {}, 400, 'REQUEST_INVALID'],
    ['/v1/users/ann/recommendations?cuont=3', {}, 400, 'REQUEST_INVALID'],
    [`/v1/users/${'x'.repeat(1_025)}/recommendations`, {}, 400, 'REQUEST_INVALID'],
    [
      '/v1/events',
      { method: 'POST', body: 'a=1', headers: { 'content-type': 'text/plain' } },
      415,
      'MEDIA_TYPE_UNKNOWN',
    ],
    [
      '/v1/events',
      { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } },
      400,
      'REQUEST_INVALID',
    ],
    [
      '/v1/events',
      { method: 'POST', body: new Uint8Array([0xff]), headers: { 'content-type': 'application/json' } },
      400,
      'REQUEST_INVALID',
    ],
    ['/v1/events', json('POST', { ...event, properties: { x: 'y'.repeat(1_000) } }), 413, 'REQUEST_TOO_LARGE'],
    ['/v1/rank', json('POST', { userId: 'ann', itemIds: [] }), 400, 'REQUEST_INVALID'],
  ]
  for (const [path, init, status, code] of cases) {
    const answer = await http.ask(path, init)
    expect([path, answer.status, answer.body]).toMatchObject([path, status, { status, code }])
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(JSON.stringify(answer.body)).not.toMatch(/ at \S+:\d|node_modules|\.ts/)
  }
  const { headers } = await http.ask('/v1/users/ann')
  expect(headers.get('allow')).toBe('PUT, DELETE')
  expect(http.faults).toEqual([])
})

test('tokens open what they are for, and no more', async () => {
  const { tokensFrom } = await import('../../src/serve/tokens.ts')
  const [reads, writes] = ['r'.repeat(32), 'w'.repeat(32)]
  http = await running({ tokens: tokensFrom(`# ours\nread ${reads}\nwrite ${writes}`, 'the test') })
  const status = async (path: string, token: string | null, init: RequestInit = {}) =>
    (
      await http.ask(path, {
        ...init,
        headers: { ...init.headers, ...(token && { authorization: `Bearer ${token}` }) },
      })
    ).status
  const list = '/v1/users/ann/recommendations'
  expect(await status(list, null)).toBe(401)
  expect(await status(list, 'x'.repeat(32))).toBe(401)
  expect(await status(list, reads)).toBe(200)
  expect(await status('/v1/events', reads, json('POST', event))).toBe(403)
  expect(await status('/v1/events', writes, json('POST', event))).toBe(200)
  expect(await status('/metrics', null)).toBe(401)
  expect(await status('/healthz', null)).toBe(200)
})

test('on loopback without tokens nobody is answered under another name', async () => {
  http = await running()
  const request = (host: string) => raw(`GET /v1/popular HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  expect(await request('evil.example:8080')).toContain('403 Forbidden')
  expect(await request('localhost:8080')).toContain('200 OK')
  expect(await request('[::1]')).toContain('200 OK')
})

test('a page of another origin may ask where that was said', async () => {
  http = await running({ origins: ['https://shop.example'] })
  const asks = { origin: 'https://shop.example', 'access-control-request-method': 'POST' }
  const allowed = await http.ask('/v1/events', { method: 'OPTIONS', headers: asks })
  expect([allowed.status, allowed.headers.get('access-control-allow-methods')]).toEqual([204, 'POST'])
  const other = await http.ask('/v1/events', {
    method: 'OPTIONS',
    headers: { ...asks, origin: 'https://evil.example' },
  })
  expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([405, null])
})

test('who asks too often waits, and who comes when all is busy', async () => {
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  const { ask } = answering()
  http = await running({
    limits: { rate: 5, concurrency: 2 },
    learner: { ask: (question, options) => held.then(() => ask(question)).finally(() => options) },
  })
  const slow = [http.ask('/v1/popular'), http.ask('/v1/popular')]
  while ((await http.service.metrics.inFlight.get()).values[0]!.value < 2) await new Promise(setImmediate)
  const busy = await http.ask('/v1/popular')
  expect([busy.status, busy.body.code, busy.headers.get('retry-after')]).toEqual([503, 'SERVER_BUSY', '1'])
  release()
  expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200])
  const rest = []
  for (let times = 0; times < 8; times++) rest.push((await http.ask('/v1/popular')).status)
  expect(rest).toContain(429)
})

test('without a learner lists are refused for the moment, and events are taken', async () => {
  http = await running({
    learner: { ask: () => Promise.reject(new RecstreamError('NOT_RUNNING', 'The learner is starting.')) },
  })
  const { status, headers, body } = await http.ask('/v1/users/ann/recommendations')
  expect([status, headers.get('retry-after'), body.code]).toEqual([503, '1', 'NOT_RUNNING'])
  expect(await http.ask('/readyz')).toMatchObject({ status: 503, body: { ready: false, log: { answers: true } } })
  expect(await http.ask('/v1/events', json('POST', event))).toMatchObject({ status: 200 })
  expect(http.faults).toEqual([])
})

test('without a log events are refused for the moment, and a fault tells no more than its id', async () => {
  const failing = (log: Log): Log => ({
    ...log,
    producer: () => Promise.reject(new RecstreamError('LOG_UNAVAILABLE', 'No broker answers at kafka-1:9092.')),
    ranges: () => Promise.reject(new Error('secret')),
  })
  http = await running({ log: failing, learner: { ask: () => Promise.reject(new Error('swordfish')) } })
  const { status, body } = await http.ask('/v1/events', json('POST', event))
  expect([status, body.code]).toEqual([503, 'LOG_UNAVAILABLE'])
  expect(body.detail).not.toContain('kafka-1')
  const fault = await http.ask('/v1/popular')
  expect([fault.status, fault.body.code]).toEqual([500, 'INTERNAL'])
  expect(JSON.stringify(fault.body)).not.toContain('swordfish')
  expect(http.faults).toHaveLength(1)
})

test('a request that does not come is let go, and bytes that are none are answered', async () => {
  http = await running({ limits: { arrivalMs: 400 } })
  expect(await raw('GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')).toContain('408 Request Timeout')
  expect(
    await raw(
      'POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    ),
  ).toContain('408')
  expect(await raw('\x16\x03\x01\x00\r\n\r\n')).toContain('400 Bad Request')
})

test('a stop lets those in flight finish, and what they wrote is in the log', async () => {
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  const { ask } = answering()
  http = await running({ learner: { ask: question => held.then(() => ask(question)) } })
  const asked = http.ask('/v1/popular')
  while ((await http.service.metrics.inFlight.get()).values[0]!.value < 1) await new Promise(setImmediate)
  const stopped = http.server.stop()
  await expect(fetch(`${http.url}/healthz`)).rejects.toThrow()
  release()
  expect((await asked).status).toBe(200)
  await stopped
})
