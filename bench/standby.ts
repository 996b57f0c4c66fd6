import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { blockOf } from '../src/codec/block.ts'
import { decodeRecommendation } from '../src/codec/output.ts'
import { createLearner } from '../src/learner/create-learner.ts'
import { startBroker } from '../src/log/kafka/broker.ts'
import { openKafkaLog } from '../src/log/kafka/kafka-log.ts'
import type { Log, LogRecord } from '../src/log/log.ts'
import { besideHeader } from '../src/log/published.ts'
import { openBackend } from '../src/nn/backend.ts'
import { withSettings } from '../src/pipeline/settings.ts'
import { topicSpecs, topicsOf } from '../src/records/topics.ts'
import { findPipeline } from '../src/run/find-pipeline.ts'
import { seededRandom } from '../src/state/random.ts'
import { allOf } from '../test/log/fixtures/read.ts'
import { type Command, killAll, processesUnder, recstream, until } from '../test/promises/command.ts'
import { ownPipeline } from '../test/promises/own-pipeline.ts'
import { addressOf } from '../test/promises/served-shop.ts'
import type { Row } from './results.ts'

const name = 'stood-by'
const topics = topicsOf(name)
const [users, items] = [400, 300]
/** A list at every event whose user has had none for a second. */
const settings = { 'recommend.everyMs': 1_000 }

/**
 * A leader and its standby over Kafka while events and requests come: whoever leads is killed so many times, at random once the other
 * one stands by. How long no list came, and whether all lists are there once and are those of one learner that was never killed.
 */
export async function benchStandby(
  { kills, eventsPerSecond, asksPerSecond }: { kills: number; eventsPerSecond: number; asksPerSecond: number },
  say: (line: string) => void,
): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-bench-'))
  const broker = await startBroker({ folder: join(folder, 'kafka') })
  const running: Command[] = []
  const log = await openKafkaLog({ brokers: broker.brokers })
  let watched: { end(): Promise<void> } | null = null
  try {
    const module = ownPipeline(folder, name, 'generated')
    await log.ensureTopics(topicSpecs(name, 1))
    const begin = async (command: string, data: string, ...more: string[]) => {
      const how = ['--http', '0', '--brokers', broker.brokers.join(','), '--data', join(folder, data)]
      const set = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])
      const started = recstream([command, module, ...how, ...set, ...more])
      running.push(started)
      return { ...started, url: await addressOf(started) }
    }
    const pair = [await begin('start', 'here', '--no-import'), await begin('serve', 'there', '--follow', '--standby')]
    const urls = pair.map(({ url }) => url)
    await Promise.all(urls.map(url => until('a service', async () => (await fetch(`${url}/readyz`)).status === 200)))
    const arrivals = await watchLists(log)
    watched = arrivals
    const load = beginLoad(urls, { eventsPerSecond, asksPerSecond })
    await until('lists', () => arrivals.at.length > 100)

    const random = seededRandom(1, 'standby')
    const silentMs: number[] = []
    const counts = [0, 0]
    let leads = 0
    const look = setInterval(() => {
      for (const [k, { said }] of pair.entries()) {
        const count = said().split('goes on in its place').length - 1
        if (count > counts[k]!) leads = k
        counts[k] = count
      }
    }, 50)
    for (let kill = 0; kill < kills; kill++) {
      await wait(3_000 * random.uniform())
      // Who has just begun again has to learn what it missed before it can stand by.
      await until(
        'a standby',
        async () => Math.abs((await position(urls[0]!)) - (await position(urls[1]!))) < 500,
        120_000,
      )
      const led = leads
      const role = leads === 0 ? 'learn' : 'follow'
      const victim = processesUnder(pair[leads]!.child.pid!).find(each => each.role === role)
      const at = performance.now()
      process.kill(victim!.pid, 'SIGKILL')
      // What was on its way comes for a while; what comes after that is somebody else's.
      await until('lists again', () => arrivals.at.at(-1)! > at + 6_000)
      const around = arrivals.at.filter(each => each > at - 500)
      silentMs.push(Math.max(...around.slice(1).map((each, k) => each - around[k]!)))
      say(
        `${kill + 1} of ${kills}: no list for ${Math.round(silentMs.at(-1)!)} ms, ${leads === led ? 'led by the same' : 'taken over'}`,
      )
    }
    clearInterval(look)
    const { sent, statuses } = await load.end()
    await until('all to be learned from', async () => (await position(urls[leads]!)) >= sent, 120_000)
    for (const { child, ended } of pair) {
      child.kill('SIGTERM')
      await ended
    }
    const { lost, doubled, others } = await beside(log, module)
    silentMs.sort((a, b) => a - b)
    const answered = statuses.get(200) ?? 0
    const asked = [...statuses.values()].reduce((sum, count) => sum + count, 0)
    return [
      { what: 'times that whoever led was killed', value: kills, unit: 'rows' },
      { what: '– without a list for: p50', value: silentMs[kills >> 1]!, unit: 'ms' },
      { what: '– worst', value: silentMs.at(-1)!, unit: 'ms' },
      { what: 'events sent meanwhile', value: sent, unit: 'rows' },
      { what: '– lists lost', value: lost, unit: 'rows' },
      { what: '– doubled', value: doubled, unit: 'rows' },
      { what: '– other than those of a learner that was never killed', value: others, unit: 'rows' },
      { what: 'lists asked for over HTTP meanwhile', value: asked, unit: 'rows' },
      { what: '– not answered with one', value: asked - answered, unit: 'rows' },
    ]
  } finally {
    await watched?.end()
    for (const each of running) killAll(each)
    await log.close()
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A list that an event gave rise to: of no follower, and asked for by nobody. */
const isOwn = ({ headers, value }: LogRecord) =>
  !(besideHeader in headers) && !/\.q/.test(decodeRecommendation(value!).recommendationId)

/** When lists came that events gave rise to, by a clock of milliseconds. */
async function watchLists(log: Log): Promise<{ at: number[]; end(): Promise<void> }> {
  const ranges = await log.ranges(topics.recommendations)
  const from = ranges.map(({ partition, end }) => ({ topic: topics.recommendations, partition, offset: end }))
  const reader = await log.reader(from)
  const at: number[] = []
  let isOver = false
  const reading = (async () => {
    while (!isOver) {
      const records = await reader.read(50)
      if (records.some(isOwn)) at.push(performance.now())
    }
  })()
  return {
    at,
    async end() {
      isOver = true
      await reading
      await reader.close()
    },
  }
}

/** Events and questions at their rates, to each service in turn. */
function beginLoad(urls: readonly string[], rates: { eventsPerSecond: number; asksPerSecond: number }) {
  const random = seededRandom(2, 'standby load')
  const statuses = new Map<number, number>()
  const asks = new Set<Promise<void>>()
  let [sent, asked, isOver] = [0, 0, false]
  const headers = { 'content-type': 'application/json' }
  const ask = async (url: string) => {
    const status = await fetch(`${url}/v1/users/u${random.integer(users)}/recommendations`).then(
      async answer => {
        await answer.arrayBuffer()
        return answer.status
      },
      () => 0,
    )
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  const began = performance.now()
  const sending = (async () => {
    for (let round = 0; !isOver; round++) {
      const due = Math.min(500, Math.floor(((performance.now() - began) / 1_000) * rates.eventsPerSecond) - sent)
      const events = Array.from({ length: due }, (_, k) => ({
        ...{ eventId: `e${sent + k}`, userId: `u${random.integer(users)}`, itemId: `i${random.integer(items)}` },
        ...{ behaviour: 'view', value: random.uniform(), time: Date.now() },
      }))
      const body = JSON.stringify(events)
      if (due > 0) {
        const url = `${urls[round % urls.length]}/v1/events`
        const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => null)
        await answer?.arrayBuffer()
        // Whoever is sent away, or cut off, sends again: an id counts once.
        if (answer?.status === 200) sent += due
        else if (answer !== null && answer.status !== 503) throw new Error(`events were answered with ${answer.status}`)
      }
      for (; asked < ((performance.now() - began) / 1_000) * rates.asksPerSecond; asked++) {
        const asking: Promise<void> = ask(urls[asked % urls.length]!).finally(() => asks.delete(asking))
        asks.add(asking)
      }
      await wait(20)
    }
  })()
  return {
    async end() {
      isOver = true
      await sending
      await Promise.all(asks)
      return { sent, statuses }
    },
  }
}

async function position(url: string): Promise<number> {
  const answer = await fetch(`${url}/v1/users/u1/recommendations`)
  await answer.arrayBuffer()
  return Number(answer.headers.get('recstream-position') ?? 0)
}

/** The lists on the topic beside those of a learner that reads the same sequences in one go. */
async function beside(log: Log, module: string): Promise<{ lost: number; doubled: number; others: number }> {
  const definition = withSettings(await findPipeline(module), settings)
  const learner = createLearner({ definition, backend: await openBackend() })
  const wanted = new Map<string, string>()
  for (const record of await allOf(log, topics.interestSequences)) {
    const block = blockOf(record)!
    for (const list of learner.consume(block, 0, block.sequence.length).recommendations)
      wanted.set(list.recommendationId, JSON.stringify(list.items))
  }
  const found = new Set<string>()
  let [doubled, others] = [0, 0]
  for (const record of (await allOf(log, topics.recommendations)).filter(isOwn)) {
    const { recommendationId, items } = decodeRecommendation(record.value!)
    if (found.has(recommendationId)) doubled += 1
    else if (wanted.get(recommendationId) !== JSON.stringify(items)) others += 1
    found.add(recommendationId)
  }
  learner.dispose()
  return { lost: [...wanted.keys()].filter(id => !found.has(id)).length, doubled, others }
}
