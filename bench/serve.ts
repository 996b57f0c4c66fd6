import { fork } from 'node:child_process'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { packageRoot } from '../src/package-root.ts'
import type { Row } from './results.ts'
import { ended, startShop } from './served-shop.ts'

/** Events, lists and requests for nothing, each second; all of them at their time, however the last ones went. */
const [eventsPerSecond, listsPerSecond, floorPerSecond] = [1_000, 500, 100]
const [items, users] = [100_000, 5_000]

/**
 * Lists of ten out of 100,000 items under two rules, asked for while events come in and are learned from, beside an empty
 * Fastify handler that is asked in the same minutes; clients, broker and pipeline share the machine.
 */
export async function benchServe(seconds: number, say: (line: string) => void): Promise<Row[]> {
  const shop = await startShop({ items, users }, say)
  const floor = fork(join(packageRoot(), 'dist/bench/empty-server.js'), { stdio: ['ignore', 2, 2, 'ipc'] })
  try {
    const { url } = shop
    const floorUrl = await new Promise<string>(resolve => floor.once('message', message => resolve(message as string)))

    say(`${eventsPerSecond} events/s, ${listsPerSecond} lists/s for ${seconds} s`)
    const before = await memoryOf(url)
    const sending = shop.send(seconds, eventsPerSecond)
    const [lists, nothing] = await Promise.all([
      ask(seconds, listsPerSecond, k => `${url}/v1/users/u${(7919 * k) % users}/recommendations?count=10`, say),
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
    await Promise.all([ended(floor), shop.stop()])
  }
}

const at = (sorted: readonly number[], share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN

/** Ask at a rate, each at its time; how long each took from the time at which it was due, sorted. */
async function ask(
  seconds: number,
  perSecond: number,
  url: (k: number) => string,
  say: (line: string) => void = () => {},
): Promise<{ ms: number[]; failed: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 128 })
  const ms: number[] = []
  let failed = 0
  const began = performance.now()
  const asked: Promise<void>[] = []
  let told = 0
  for (let k = 0; k < seconds * perSecond; k++) {
    if (k % (10 * perSecond) === 0 && ms.length > told) {
      const lately = ms.slice(told).sort((a, b) => a - b)
      told = ms.length
      say(`${k / perSecond} s: p50 ${at(lately, 0.5).toFixed(0)} ms, p99 ${at(lately, 0.99).toFixed(0)} ms`)
    }
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

/** Resident memory of the pipeline's processes together, MiB. */
async function memoryOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const each = [...text.matchAll(/^process_resident_memory_bytes\{[^}]*\} (\d+)$/gm)].map(([, bytes]) => Number(bytes))
  return each.reduce((sum, bytes) => sum + bytes, 0) / 2 ** 20
}
