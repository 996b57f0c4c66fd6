import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { packageRoot } from '../src/package-root.ts'
import { readGeneratedShop } from '../src/sources/generated-shop/read-generated-shop.ts'
import { until } from '../test/promises/command.ts'
import { type Asking, askForLists, at } from './asking.ts'
import type { Row } from './results.ts'
import { ended } from './served-shop.ts'

interface PeerShop {
  python: string
  spec: string
  /** How many of the shop's events it learns from. */
  sent: number
  users: number
}

/** The Python that has all that the peer needs, or null and a word about it. */
export function findPeer(say: (line: string) => void): string | null {
  const python = process.env['RECSTREAM_PYTHON'] ?? 'python3'
  const { status } = spawnSync(python, ['-c', 'import implicit, fastapi, uvicorn, uvloop, httptools'], {
    stdio: 'ignore',
  })
  if (status === 0) return python
  say('The peer will not be measured: no Python here has it (bench/implicit/README.md says how to get one).')
  return null
}

/**
 * The same lists from what people put together from PyPI: ALS by implicit, learned in one batch from the events that the shop
 * was sent, behind FastAPI, by one worker and by two. It has the machine for itself and learns nothing meanwhile.
 */
export async function benchPeer(
  { python, spec, sent, users }: PeerShop,
  how: { load: Asking; nothing: string; ours: readonly number[]; say: (line: string) => void },
): Promise<Row[]> {
  const { load, nothing, ours, say } = how
  const folder = mkdtempSync(join(tmpdir(), 'recstream-peer-'))
  try {
    await writeShop(folder, spec, sent)
    say(`implicit: ${execFileSync(python, [script('train.py'), folder], { encoding: 'utf8' }).trim()}`)
    const rows: Row[] = []
    for (const workers of [1, 2]) {
      const peer = await startPeer(python, folder, workers)
      try {
        const list = (k: number) => `${peer.url}/users/u${(7919 * k) % users}/recommendations?count=10`
        await askForLists({ ...load, seconds: 2 }, list, nothing, () => {}) // the first requests open connections
        const name = `implicit behind FastAPI, ${workers === 1 ? 'one worker' : `${workers} workers`}`
        say(`${name}: the same lists for ${load.seconds} s`)
        const { lists, floor } = await askForLists(load, list, nothing, say)
        rows.push(
          { what: `${name} (batch model, learns nothing meanwhile): p50`, value: at(lists.ms, 0.5), unit: 'ms' },
          { what: '– p99', value: at(lists.ms, 0.99), unit: 'ms' },
          { what: '– p99 of the empty Fastify handler meanwhile', value: at(floor.ms, 0.99), unit: 'ms' },
          {
            what: '– answers that were no list, of all',
            value: lists.failed / (lists.failed + lists.ms.length),
            unit: 'ratio',
          },
          { what: '– lists answered a second', value: lists.perSecond, unit: 'per second' },
          { what: '– our p50, learning, over its', value: at(ours, 0.5) / at(lists.ms, 0.5), unit: 'ratio' },
          { what: '– our p99, learning, over its', value: at(ours, 0.99) / at(lists.ms, 0.99), unit: 'ratio' },
        )
      } finally {
        await ended(peer.child)
      }
    }
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const script = (name: string) => join(packageRoot(), 'bench', 'implicit', name)

/** The shop's first events, its users, and the items that were on sale when the last of these events happened. */
async function writeShop(folder: string, spec: string, count: number): Promise<void> {
  const shop = readGeneratedShop(spec)
  const write = (name: string, rows: string[]) => writeFileSync(join(folder, name), `${rows.join('\n')}\n`)
  const events: string[] = []
  let end = 0
  for await (const { userId, itemId, behaviour, time } of shop.events()) {
    if (events.length === count) break
    events.push(`${userId},${itemId},${behaviour}`)
    end = time
  }
  write('events.csv', events)
  const items = new Map<string, string>()
  for await (const { itemId, deleted, time, attributes } of shop.items!()) {
    if (time !== undefined && time > end) break
    if (deleted) items.delete(itemId)
    else items.set(itemId, `${itemId},${attributes['price']},${attributes['stock']}`)
  }
  write('items.csv', [...items.values()])
  const users: string[] = []
  for await (const { userId, attributes } of shop.profiles!()) users.push(`${userId},${attributes['segment']}`)
  write('users.csv', users)
}

/** serve.py at work, once all of its workers answer. */
async function startPeer(
  python: string,
  folder: string,
  workers: number,
): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(python, [script('serve.py'), folder, String(workers)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }, // nothing compiled into the checkout
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const said: string[] = []
  while (said.length < 1 + workers) {
    const { value, done } = await lines.next()
    if (done) throw new Error('serve.py ended before it answered.')
    said.push(value)
  }
  const url = said[0]!
  // A worker says that it is ready right before it listens.
  const answers = (answer: Response) => answer.ok
  await until('an answer', () => fetch(`${url}/users/u0/recommendations`).then(answers, () => false))
  return { child, url }
}
