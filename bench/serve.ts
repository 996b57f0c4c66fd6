import { fork } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../src/package-root.ts'
import { type Asking, askForLists, at } from './asking.ts'
import type { Row } from './results.ts'
import { benchPeer, findPeer } from './serve-peer.ts'
import { ended, startShop } from './served-shop.ts'

const [items, users] = [100_000, 5_000]

/** What comes in and is asked for, each second. */
export interface Load extends Asking {
  eventsPerSecond: number
}

/**
 * Lists of ten out of 100,000 items under two rules, asked for while events come in and are learned from, beside an empty
 * Fastify handler that is asked in the same minutes; clients, broker and pipeline share the machine. Then the same lists from
 * a peer, where there is one.
 */
export async function benchServe(load: Load, say: (line: string) => void): Promise<Row[]> {
  const python = findPeer(say)
  const floor = fork(join(packageRoot(), 'dist/bench/empty-server.js'), { stdio: ['ignore', 2, 2, 'ipc'] })
  try {
    const nothing = await new Promise<string>(resolve => floor.once('message', message => resolve(message as string)))
    const { rows, lists, spec, sent } = await benchShop(load, nothing, say)
    if (python === null) return rows
    return [...rows, ...(await benchPeer({ python, spec, sent, users }, { load, nothing, ours: lists.ms, say }))]
  } finally {
    await ended(floor)
  }
}

async function benchShop(load: Load, nothing: string, say: (line: string) => void) {
  const shop = await startShop({ items, users }, say)
  try {
    const { url, spec } = shop
    const { eventsPerSecond, listsPerSecond, seconds } = load
    say(`${eventsPerSecond} events/s, ${listsPerSecond} lists/s for ${seconds} s`)
    const before = await standingOf(url)
    const sending = shop.send(seconds, eventsPerSecond)
    const list = (k: number) => `${url}/v1/users/u${(7919 * k) % users}/recommendations?count=10`
    const { lists, floor } = await askForLists(load, list, nothing, say)
    await sending
    const after = await standingOf(url)
    const rows: Row[] = [
      {
        what: `list of 10 from ${items.toLocaleString('en')} items, ${listsPerSecond} a second: p50`,
        value: at(lists.ms, 0.5),
        unit: 'ms',
      },
      { what: '– p99', value: at(lists.ms, 0.99), unit: 'ms' },
      { what: 'an empty Fastify handler beside it: p50', value: at(floor.ms, 0.5), unit: 'ms' },
      { what: '– p99', value: at(floor.ms, 0.99), unit: 'ms' },
      { what: 'p99 of lists beyond that of nothing', value: at(lists.ms, 0.99) - at(floor.ms, 0.99), unit: 'ms' },
      {
        what: 'answers that were no list, of all',
        value: lists.failed / (lists.failed + lists.ms.length),
        unit: 'ratio',
      },
      { what: 'lists answered a second', value: lists.perSecond, unit: 'per second' },
      {
        what: `events learned from a second, of ${eventsPerSecond.toLocaleString('en')} that came`,
        value: (1_000 * (after.learned - before.learned)) / (after.at - before.at),
        unit: 'per second',
      },
      { what: 'memory of all processes at the beginning', value: before.memory, unit: 'MiB' },
      { what: '– at the end', value: after.memory, unit: 'MiB' },
    ]
    return { rows, lists, spec, sent: shop.sent() }
  } finally {
    await shop.stop()
  }
}

/** Resident memory of the pipeline's processes together, MiB, and events that the learner has learned from. */
async function standingOf(url: string): Promise<{ at: number; memory: number; learned: number }> {
  for (;;) {
    const text = await (await fetch(`${url}/metrics`)).text()
    const learned = /^recstream_learn_events_total (\d+)/m.exec(text)?.[1]
    // A process that is busy may be left out of an answer.
    if (learned === undefined) continue
    const each = [...text.matchAll(/^process_resident_memory_bytes\{[^}]*\} (\d+)$/gm)].map(([, bytes]) =>
      Number(bytes),
    )
    const memory = each.reduce((sum, bytes) => sum + bytes, 0) / 2 ** 20
    return { at: performance.now(), memory, learned: Number(learned) }
  }
}
