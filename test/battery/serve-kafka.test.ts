import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import type { Log, LogRecord } from '../../src/log/log.ts'
import { topicsOf } from '../../src/records/topics.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { allOf } from '../log/fixtures/read.ts'
import { type Command, killAll, recstream, until } from '../promises/command.ts'
import { ownPipeline } from '../promises/own-pipeline.ts'
import { addressOf } from '../promises/served-shop.ts'

describeKafka('a service apart from its pipeline, over Kafka with TLS and a login', broker => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-serve-kafka-'))
  const data = join(folder, 'data')
  const name = `served-${randomUUID().slice(0, 8)}`
  const topics = topicsOf(name)
  const traceId = randomUUID().replaceAll('-', '')
  let started: Command
  let serving: Command | null = null
  let url: string
  let log: Log
  let run: (command: string, ...more: string[]) => Command

  beforeAll(async () => {
    const { saslSsl, ca, username, password } = broker().secure
    const caFile = join(folder, 'ca.pem')
    writeFileSync(caFile, ca)
    const pipeline = ownPipeline(folder, name, 'generated')
    const login = ['--sasl', 'scram-sha-512', '--sasl-username', username]
    const how = ['--data', data, '--brokers', saslSsl, '--ssl-ca', caFile, ...login]
    run = (command, ...more) =>
      recstream([command, pipeline, ...how, ...more], { env: { RECSTREAM_SASL_PASSWORD: password } })
    log = await openKafkaLog({
      ...{ brokers: [saslSsl], ssl: { ca } },
      sasl: { mechanism: 'scram-sha-512', username, password },
    })
    started = run('start', '--no-import', '--no-http')
    await until('the pipeline', () => /\bready\b|learn/i.test(started.said()))
    await serve()
  })
  afterAll(async () => {
    for (const each of [serving, started]) if (each !== null && each !== undefined) killAll(each)
    await log?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function serve(): Promise<void> {
    serving = run('serve', '--http', '0')
    url = await addressOf(serving)
    await until('a service that is ready', async () => (await fetch(`${url}/readyz`)).status === 200)
  }
  const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(url + path, {
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    })
  const list = async (userId: string) => {
    const answer = await fetch(`${url}/v1/users/${userId}/recommendations?count=5`)
    return {
      status: answer.status,
      behind: answer.headers.get('recstream-behind'),
      body: (await answer.json()) as never,
    }
  }
  const batch = (k: number) =>
    Array.from({ length: 20 }, (_, n) => ({
      ...{ eventId: `e-${k}-${n}`, userId: `u${n % 7}`, itemId: `i${(k + 3 * n) % 12}`, behaviour: 'view', value: 1 },
      time: 1_767_600_000_000 + 60_000 * k + n,
    }))
  const traceOf = ({ headers }: LogRecord) => headers['traceparent']?.toString() ?? null

  test('events that were acknowledged are kept once, whenever the service is killed, and lists know them', async () => {
    for (let k = 0; k < 12; k++) expect((await send('PUT', `/v1/items/i${k}`, { title: `Item ${k}` })).status).toBe(204)
    const batches = 30
    for (let k = 0; k < batches; k++) {
      const dies = k % 6 === 3
      const answer = send('POST', '/v1/events', batch(k), { traceparent: `00-${traceId}-00f067aa0ba902b7-01` })
      // In the middle of it, or shortly after; whoever sent them cannot know, and sends them again.
      if (dies) serving!.child.kill(k % 12 === 3 ? 'SIGKILL' : 'SIGTERM')
      const taken = await answer.then(({ status }) => status === 200).catch(() => false)
      if (!dies) expect(taken).toBe(true)
      if (!dies && taken) continue
      await serving!.ended
      await serve()
      expect((await send('POST', '/v1/events', batch(k))).status).toBe(200)
    }

    await send('POST', '/v1/events', { ...batch(batches)[0]!, eventId: 'mine', userId: 'ann', itemId: 'i3' })
    await until('a list that knows it', async () => {
      const { status, behind, body } = await list('ann')
      const { items } = body as { items: { itemId: string }[] }
      return status === 200 && behind === '0' && items.length > 0
    })
    const count = async () => {
      const query = 'select count(*) as n, count(distinct event_id) as ids from events'
      const { answers } = (await (await send('POST', '/v1/sql', { query })).json()) as {
        answers: [{ rows: unknown[][] }]
      }
      return answers[0].rows[0]!.map(Number)
    }
    await until('all events in the tables', async () => (await count())[1] === 20 * batches + 1)
    expect(await count()).toEqual([20 * batches + 1, 20 * batches + 1])

    const lists = await allOf(log, topics.recommendations)
    const traces = lists.map(traceOf).filter(trace => trace !== null)
    expect(traces.length).toBeGreaterThan(2)
    for (const trace of traces) expect(trace).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`))
    expect(new Set(traces).size).toBe(traces.length)
  })
})
