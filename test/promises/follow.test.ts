import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { decodeModelVersion, encodeModelVersion } from '../../src/codec/output.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { topicsOf } from '../../src/records/topics.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { allOf } from '../log/fixtures/read.ts'
import { type Command, killAll, processesUnder, recstream, until } from './command.ts'
import { ownPipeline } from './own-pipeline.ts'
import { addressOf } from './served-shop.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-follow-'))
const running: Command[] = []
afterAll(() => {
  for (const each of running) killAll(each)
  rmSync(folder, { recursive: true, force: true })
})

interface Asked {
  recommendationId: string
  items: { itemId: string }[]
}

test('a follower beside a running pipeline answers as the leader does, knows what is sent to it, and ends by Ctrl-C', async () => {
  const pipeline = ownPipeline(folder, 'followed', 'generated')
  const data = ['--data', join(folder, 'data'), '--http', '0']
  const settings = ['--set', 'learn.checkpointEvery=100']
  const run = async (...args: string[]) => {
    const command = recstream([...args, ...data, ...settings])
    running.push(command)
    return { command, url: await addressOf(command) }
  }
  const leader = await run('start', pipeline, '--source', 'events=300,users=20,items=30,seed=1')
  const follower = await run('serve', pipeline, '--follow')
  const list = async (url: string, userId: string) => {
    const answer = await fetch(`${url}/v1/users/${userId}/recommendations?count=5`)
    const body = (await answer.json()) as Asked
    return { status: answer.status, position: answer.headers.get('recstream-position'), headers: answer.headers, body }
  }
  const sql = async (query: string) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${leader.url}/v1/sql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
    const { answers } = (await answer.json()) as { answers: [{ rows: unknown[][] }] }
    return answers[0].rows
  }
  await until('a follower that is ready', async () => (await fetch(`${follower.url}/readyz`)).status === 200)

  await until('both at one row, with one list', async () => {
    const [theirs, own] = [await list(leader.url, 'ann'), await list(follower.url, 'ann')]
    if (theirs.status !== 200 || own.status !== 200 || theirs.position !== own.position) return false
    if (theirs.position !== '300' || theirs.body.recommendationId !== own.body.recommendationId) return false
    expect(own.body).toEqual(theirs.body)
    return own.body.items.length === 5
  })

  const [{ itemId: seen }] = (await list(follower.url, 'ann')).body.items as [{ itemId: string }]
  const event = { eventId: 'first', userId: 'ann', itemId: seen, behaviour: 'view', value: 1, time: Date.now() }
  const headers = { 'content-type': 'application/json' }
  const sent = await fetch(`${follower.url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(event) })
  expect(await sent.json()).toEqual({ accepted: 1, repeated: 0, refused: [] })
  let known: Asked = { recommendationId: '', items: [] }
  await until('the follower’s list to know it', async () => {
    const { headers, body } = await list(follower.url, 'ann')
    known = body
    return headers.get('recstream-behind') === '0'
  })
  expect(known.items.map(({ itemId }) => itemId)).not.toContain(seen)
  // It can be judged as those of the leader can.
  await until('the follower’s list in the tables', async () => {
    const rows = await sql(`select count(*) from recommendations where recommendation_id = '${known.recommendationId}'`)
    return Number(rows[0]![0]) === known.items.length
  })

  const metrics = await (await fetch(`${follower.url}/metrics`)).text()
  expect(metrics).toMatch(/^recstream_learn_events_total [1-9]/m)
  expect(metrics).toMatch(/^recstream_learn_lag_records\{.*interest-sequences.*\} 0$/m)
  expect(metrics).toMatch(/^process_resident_memory_bytes\{process="follow"\} \d/m)
  expect(metrics).not.toContain('process="learn"')

  if (process.platform === 'linux') {
    const { pid } = processesUnder(follower.command.child.pid!).find(({ role }) => role === 'follow')!
    process.kill(pid, 'SIGKILL')
    await until('lists to be refused', async () => (await list(follower.url, 'ann')).status === 503)
    await until('lists again', async () => (await list(follower.url, 'ann')).status === 200)
    expect((await list(follower.url, 'ann')).body.items.map(({ itemId }) => itemId)).not.toContain(seen)
  }
  const idle = await recstream(['serve', pipeline, '--backend', 'wasm', ...data]).ended
  expect(idle.stderr).toContain('error[CONFIG_INVALID]: Only a follower computes here; give --backend with --follow.')

  follower.command.child.kill('SIGINT')
  expect(await follower.command.ended).toMatchObject({ code: 0, signal: null })
  await expect(fetch(`${follower.url}/healthz`)).rejects.toThrow()
  leader.command.child.kill('SIGTERM')
  expect(await leader.command.ended).toMatchObject({ code: 0, signal: null })
})

describeKafka('a follower on another machine, over Kafka', broker => {
  test('goes on from a copied checkpoint, answers as the leader does, and holds its weights against the leader’s', async () => {
    const name = `followed-${randomUUID().slice(0, 8)}`
    const pipeline = ownPipeline(folder, name, 'generated')
    const [here, there] = [join(folder, 'here'), join(folder, 'there')]
    const common = ['--http', '0', '--brokers', broker().brokers.join(','), '--set', 'learn.checkpointEvery=100']
    const source = ['--source', 'events=300,users=20,items=30,seed=1']
    const leader = recstream(['start', pipeline, ...common, '--data', here, ...source])
    running.push(leader)
    const leaderUrl = await addressOf(leader)
    const manifest = join(here, name, 'checkpoints', 'manifest.json')
    await until('a checkpoint', () => existsSync(manifest) && readFileSync(manifest, 'utf8').includes('checkpoint-'))
    cpSync(join(here, name, 'checkpoints'), join(there, name, 'checkpoints'), { recursive: true })
    const follower = recstream(['serve', pipeline, '--follow', ...common, '--data', there])
    running.push(follower)
    const url = await addressOf(follower)
    await until('a follower that is ready', async () => (await fetch(`${url}/readyz`)).status === 200)

    // Enough events for another version, sent to the follower: it knows them when the leader has published them.
    const events = Array.from({ length: 150 }, (_, k) => ({
      ...{ eventId: `e${k}`, userId: `u${k % 6}`, itemId: `i${k % 11}`, behaviour: 'view', value: 1 },
      time: Date.now() - 150_000 + 1_000 * k,
    }))
    const headers = { 'content-type': 'application/json' }
    const sent = await fetch(`${url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(events) })
    expect(sent.status).toBe(200)
    const list = async (from: string) => {
      const answer = await fetch(`${from}/v1/users/u5/recommendations?count=5`)
      return { headers: answer.headers, body: (await answer.json()) as Asked }
    }
    await until('the follower to know them, and both to say the same', async () => {
      const [own, theirs] = [await list(url), await list(leaderUrl)]
      if (own.headers.get('recstream-behind') !== '0') return false
      if (own.headers.get('recstream-position') !== theirs.headers.get('recstream-position')) return false
      if (own.body.recommendationId !== theirs.body.recommendationId) return false
      expect(own.body).toEqual(theirs.body)
      return true
    })

    // A version that says otherwise: from then on nothing is answered.
    const log = await openKafkaLog({ brokers: broker().brokers })
    const topic = topicsOf(name).modelVersions
    const record = (await allOf(log, topic)).findLast(({ value }) => value !== null)!
    const version = decodeModelVersion(record.value!)
    const next = Math.ceil((version.sequences + 1) / 100) * 100
    const wrong = {
      ...version,
      version: next,
      sequences: next,
      sequence: version.sequence,
      weightsSha256: '0'.repeat(64),
    }
    const producer = await log.producer('test')
    await producer.append(topic, [{ ...record, value: encodeModelVersion(wrong, 'avro'), headers: {} }])
    const more = events.map((event, k) => ({ ...event, eventId: `more ${k}`, time: event.time + 150_000 }))
    await fetch(`${leaderUrl}/v1/events`, { method: 'POST', headers, body: JSON.stringify(more) })
    const ended = await follower.ended
    expect(ended.code).toBe(1)
    expect(ended.stderr).toMatch(/^error\[FOLLOWER_DIFFERS\]: Version \d+ has other weights here/m)
    await log.close()
    leader.child.kill('SIGTERM')
    await leader.ended
  })
})
