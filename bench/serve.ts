import { type ChildProcess, fork, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { encodeEvent } from '../src/codec/input.ts'
import { startBroker } from '../src/log/kafka/broker.ts'
import { openKafkaLog } from '../src/log/kafka/kafka-log.ts'
import { packageRoot } from '../src/package-root.ts'
import { withSettings } from '../src/pipeline/settings.ts'
import type { BehaviourEvent } from '../src/records/definition.ts'
import { topicSpecs, topicsOf } from '../src/records/topics.ts'
import { findPipeline } from '../src/run/find-pipeline.ts'
import { importSource } from '../src/sources/import-source.ts'
import type { Row } from './results.ts'

/** Events, lists and requests for nothing, each second; all of them at their time, however the last ones went. */
const [eventsPerSecond, listsPerSecond, floorPerSecond] = [1_000, 500, 100]
const [items, users] = [100_000, 5_000]
const settings = { 'learn.maxItems': '200000' }

/**
 * Lists of ten out of 100,000 items under two rules, asked for while events come in and are learned from, beside an empty
 * Fastify handler that is asked in the same minutes; clients, broker and pipeline share the machine.
 */
export async function benchServe(seconds: number, say: (line: string) => void): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-bench-'))
  const broker = await startBroker({ folder: join(folder, 'kafka') })
  const children: ChildProcess[] = []
  try {
    const module = join(folder, 'shop.mjs')
    const shipped = pathToFileURL(join(packageRoot(), 'dist/pipelines/generated-shop/index.js')).href
    writeFileSync(
      module,
      `import shop from '${shipped}'
export default { ...shop, name: 'shop', rules: [
  { show: 'item.price < 150 || user.segment == "premium"' },
  { boost: 'item.price < 20', by: 1.3 },
] }
`,
    )
    const definition = withSettings(await findPipeline(module), {})
    const { source } = definition
    const spec = `users=${users},items=${items},days=30`
    say(`bringing ${items.toLocaleString('en')} items`)
    const log = await openKafkaLog({ brokers: broker.brokers })
    await log.ensureTopics(topicSpecs('shop', 1))
    const read = (folder: string) => ({ ...source!.read(folder), events: async function* () {} })
    await importSource({ log, definition: { ...definition, source: { ...source!, read } }, folder: spec })
    await log.close()

    const main = join(packageRoot(), 'dist/src/cli/main.js')
    const set = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])
    const where = ['--data', join(folder, 'data'), '--brokers', broker.brokers.join(',')]
    const shop = spawn(process.execPath, [main, 'start', module, '--no-import', '--http', '0', ...set, ...where], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    children.push(shop)
    const url = await new Promise<string>((resolve, reject) => {
      let said = ''
      shop.once('exit', () => reject(new Error(said)))
      shop.stderr!.setEncoding('utf8').on('data', (text: string) => {
        said += text
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text)
        if (found) resolve(found[0])
      })
    })
    const floor = fork(join(packageRoot(), 'dist/bench/empty-server.js'), { stdio: ['ignore', 2, 2, 'ipc'] })
    children.push(floor)
    const floorUrl = await new Promise<string>(resolve => floor.once('message', message => resolve(message as string)))

    const events = source!.read(spec).events()
    say('warming up')
    await send(broker.brokers, events, 40, 500)
    await learned(url, 40 * 500)
    say(`${eventsPerSecond} events/s, ${listsPerSecond} lists/s for ${seconds} s`)
    const before = await memoryOf(url)
    const sending = send(broker.brokers, events, seconds, eventsPerSecond)
    const [lists, nothing] = await Promise.all([
      ask(seconds, listsPerSecond, k => `${url}/v1/users/u${(7919 * k) % users}/recommendations?count=10`),
      ask(seconds, floorPerSecond, () => floorUrl),
    ])
    await sending
    const after = await memoryOf(url)
    return [
      {
        what: `list of 10 from ${items.toLocaleString('en')} items, ${listsPerSecond} a second: p50`,
        value: at(lists.ms, 0.5),
        unit: 'ms',
      },
      { what: '– p99', value: at(lists.ms, 0.99), unit: 'ms' },
      { what: 'an empty Fastify handler beside it: p50', value: at(nothing.ms, 0.5), unit: 'ms' },
      { what: '– p99', value: at(nothing.ms, 0.99), unit: 'ms' },
      { what: 'p99 of lists beyond that of nothing', value: at(lists.ms, 0.99) - at(nothing.ms, 0.99), unit: 'ms' },
      {
        what: 'answers that were no list, of all',
        value: lists.failed / (lists.failed + lists.ms.length),
        unit: 'ratio',
      },
      { what: 'lists answered a second', value: lists.ms.length / seconds, unit: 'per second' },
      { what: 'memory of all processes at the beginning', value: before, unit: 'MiB' },
      { what: '– at the end', value: after, unit: 'MiB' },
    ]
  } finally {
    for (const child of children) child.kill('SIGTERM')
    await Promise.all(children.map(child => child.exitCode ?? new Promise(resolve => child.once('exit', resolve))))
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const at = (sorted: readonly number[], share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN

/** Ask at a rate, each at its time; how long each took from the time at which it was due, sorted. */
async function ask(
  seconds: number,
  perSecond: number,
  url: (k: number) => string,
): Promise<{ ms: number[]; failed: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 128 })
  const ms: number[] = []
  let failed = 0
  const began = performance.now()
  const asked: Promise<void>[] = []
  for (let k = 0; k < seconds * perSecond; k++) {
    const due = began + (1_000 * k) / perSecond
    const wait = due - performance.now()
    if (wait > 1) await new Promise(resolve => setTimeout(resolve, wait))
    asked.push(
      new Promise(resolve => {
        const asking = request(url(k), { agent }, answer => {
          answer.resume().on('end', () => {
            if (answer.statusCode === 200) ms.push(performance.now() - due)
            else failed += 1
            resolve()
          })
        })
        asking.on('error', () => {
          failed += 1
          resolve()
        })
        asking.end()
      }),
    )
  }
  await Promise.all(asked)
  agent.destroy()
  return { ms: ms.sort((a, b) => a - b), failed }
}

/** Hand events to Kafka at a rate, each with the time of now. */
async function send(
  brokers: string[],
  events: AsyncIterable<BehaviourEvent> | Iterable<BehaviourEvent>,
  seconds: number,
  perSecond: number,
) {
  const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  const size = perSecond / 50
  const began = performance.now()
  let batch: BehaviourEvent[] = []
  let sent = 0
  const iterator = Symbol.asyncIterator in events ? events[Symbol.asyncIterator]() : events[Symbol.iterator]()
  while (sent < seconds * perSecond) {
    const { value, done } = await iterator.next()
    if (done) throw new Error('The shop has no more events; give it more days.')
    batch.push(value)
    if (batch.length < size) continue
    const wait = began + (1_000 * sent) / perSecond - performance.now()
    if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
    const time = Date.now()
    const messages = batch.map(event => ({ key: event.userId, value: encodeEvent({ ...event, time }, 'json') }))
    await producer.send({ topic: topicsOf('shop').behaviourEvents, messages })
    sent += batch.length
    batch = []
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

/** Resident memory of the pipeline's processes together, MiB. */
async function memoryOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const each = [...text.matchAll(/^process_resident_memory_bytes\{[^}]*\} (\d+)$/gm)].map(([, bytes]) => Number(bytes))
  return each.reduce((sum, bytes) => sum + bytes, 0) / 2 ** 20
}
