import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { encodeEvent } from '../src/codec/input.ts'
import { startBroker } from '../src/log/kafka/broker.ts'
import { openKafkaLog } from '../src/log/kafka/kafka-log.ts'
import { packageRoot } from '../src/package-root.ts'
import { withSettings } from '../src/pipeline/settings.ts'
import type { BehaviourEvent, SourceItem } from '../src/records/definition.ts'
import { topicSpecs, topicsOf } from '../src/records/topics.ts'
import { findPipeline } from '../src/run/find-pipeline.ts'
import { importSource } from '../src/sources/import-source.ts'
import { type Command, recstream } from '../test/promises/command.ts'
import { addressOf } from '../test/promises/served-shop.ts'

/** A shop at work over Kafka that answers over HTTP. */
export interface ServedShop {
  url: string
  /** What `readGeneratedShop` makes the same shop from. */
  spec: string
  /** How many of its events were handed to Kafka so far. */
  sent(): number
  /** Hand the shop's next events to Kafka at a rate, each with the time of now. */
  send(seconds: number, perSecond: number): Promise<void>
  stop(): Promise<void>
}

/** Start a made-up shop with all of its items and two rules, and learn from 20,000 events. */
export async function startShop(
  { items, users }: { items: number; users: number },
  say: (line: string) => void,
): Promise<ServedShop> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-bench-'))
  const broker = await startBroker({ folder: join(folder, 'kafka') })
  let shop: Command | undefined
  const stop = async () => {
    if (shop !== undefined) await ended(shop.child)
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const module = join(folder, 'shop.mjs')
    const shipped = pathToFileURL(join(packageRoot(), 'dist/pipelines/generated-shop/index.js')).href
    writeFileSync(module, definitionOf(shipped))
    const definition = withSettings(await findPipeline(module), {})
    const { source } = definition
    // What is sold there stays: events have the time of now, so that what comes and goes on a day would do so before the first.
    const spec = `users=${users},items=${items},days=30,fresh=0`
    say(`bringing ${items.toLocaleString('en')} items`)
    const log = await openKafkaLog({ brokers: broker.brokers })
    await log.ensureTopics(topicSpecs('shop', 1))
    const read = (folder: string) => {
      const shop = source!.read(folder)
      return { ...shop, items: () => asItOpens(shop.items!()), events: async function* () {} }
    }
    await importSource({ log, definition: { ...definition, source: { ...source!, read } }, folder: spec })
    await log.close()

    const where = ['--data', join(folder, 'data'), '--brokers', broker.brokers.join(',')]
    const set = ['--set', `learn.maxItems=${2 * items}`]
    shop = recstream(['start', module, '--no-import', '--http', '0', ...set, ...where])
    const url = await addressOf(shop)
    const events = source!.read(spec).events()
    const iterator = Symbol.asyncIterator in events ? events[Symbol.asyncIterator]() : events[Symbol.iterator]()
    let sent = 0
    const next = async () => {
      const { value, done } = await iterator.next()
      if (done) throw new Error('The shop has no more events; give it more days.')
      sent += 1
      return value
    }
    const send = (seconds: number, perSecond: number) => sendEvents(broker.brokers, next, seconds, perSecond)
    say('warming up')
    await send(40, 500)
    await learned(url, 40 * 500)
    return { url, spec, sent: () => sent, send, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The items that are there to begin with. */
async function* asItOpens(items: Iterable<SourceItem> | AsyncIterable<SourceItem>): AsyncGenerator<SourceItem> {
  for await (const item of items) if (item.time === undefined) yield item
}

/** Stop a process that was started. */
export async function ended(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  if (child.exitCode === null && child.signalCode === null) await new Promise(resolve => child.once('exit', resolve))
}

const definitionOf = (shipped: string) => `import shop from '${shipped}'
export default { ...shop, name: 'shop', rules: [
  { show: 'item.price < 150 || user.segment == "premium"' },
  { boost: 'item.price < 20', by: 1.3 },
] }
`

async function sendEvents(
  brokers: string[],
  next: () => Promise<BehaviourEvent>,
  seconds: number,
  perSecond: number,
): Promise<void> {
  const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  const size = perSecond / 50
  const began = performance.now()
  for (let sent = 0; sent < seconds * perSecond; sent += size) {
    const batch: BehaviourEvent[] = []
    while (batch.length < size) batch.push(await next())
    const wait = began + (1_000 * sent) / perSecond - performance.now()
    if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
    const time = Date.now()
    const messages = batch.map(event => ({ key: event.userId, value: encodeEvent({ ...event, time }, 'json') }))
    await producer.send({ topic: topicsOf('shop').behaviourEvents, messages })
  }
  await producer.disconnect()
}

/** Wait until so many events were read and learned from, but for the last ones that may be rejected. */
async function learned(url: string, events: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/v1/users/u1/recommendations?count=1`)
    if (((await answer.json()) as { offset: number }).offset >= 0.99 * events) return
    await new Promise(resolve => setTimeout(resolve, 500))
  }
}
