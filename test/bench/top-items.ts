import { type BackendName, openBackend } from '../../src/model/backend.ts'
import { seededRandom } from '../../src/model/random.ts'
import { topItems } from '../../src/model/top-items.ts'
import type { Row } from './results.ts'

/** The ten best of many items for one user after another, per backend. */
export async function benchTopItems(items: number, size: number, say: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = []
  for (const name of ['native', 'wasm'] as const) {
    const times = await measure(name, items, size)
    if (times === null) {
      say(`The ${name} backend does not load here and was not measured.`)
      continue
    }
    const what = `${name}: top 10 of ${items.toLocaleString('en')} items × ${size}, one user`
    rows.push({ what: `${what}: p50`, value: times[Math.floor(0.5 * times.length)]!, unit: 'ms' })
    rows.push({ what: '– p99', value: times[Math.floor(0.99 * times.length)]!, unit: 'ms' })
  }
  return rows
}

async function measure(backend: BackendName, items: number, size: number): Promise<number[] | null> {
  try {
    await openBackend(backend)
  } catch {
    return null
  }
  const { tf } = await openBackend(backend)
  const random = seededRandom(1, 'top-items')
  const vector = () => Float32Array.from({ length: size }, () => random.uniform() - 0.5)
  const index = topItems(tf, { size, capacity: items })
  for (let slot = 0; slot < items; slot++) index.set(slot, vector())
  const users = Array.from({ length: 64 }, vector)
  const run = (user: number): number => {
    const started = performance.now()
    index.top(users[user % users.length]!, 10)
    return performance.now() - started
  }
  for (let n = 0; n < 50; n++) run(n)
  const times = Array.from({ length: 1000 }, (_, n) => run(n)).sort((a, b) => a - b)
  index.dispose()
  return times
}
