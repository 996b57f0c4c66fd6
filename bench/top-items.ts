import { type BackendName, openBackend } from '../src/nn/backend.ts'
import { topItems } from '../src/nn/top-items.ts'
import { seededRandom } from '../src/state/random.ts'
import type { Row } from './results.ts'

/** The ten best of many items for one user after another, per backend: elapsed, and what the processor spent on it. */
export async function benchTopItems(items: number, size: number, say: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = []
  for (const name of ['native', 'wasm'] as const) {
    const times = await measure(name, items, size)
    if (times === null) {
      say(`The ${name} backend does not load here and was not measured.`)
      continue
    }
    const what = `${name}: top 10 of ${items.toLocaleString('en')} items × ${size}, one user`
    for (const [of, sorted] of Object.entries(times)) {
      rows.push({ what: `${what}, ${of}: p50`, value: sorted[Math.floor(0.5 * sorted.length)]!, unit: 'ms' })
      rows.push({ what: '– p99', value: sorted[Math.floor(0.99 * sorted.length)]!, unit: 'ms' })
    }
  }
  return rows
}

interface Times {
  elapsed: number[]
  processor: number[]
}

async function measure(backend: BackendName, items: number, size: number): Promise<Times | null> {
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
  const times: Times = { elapsed: [], processor: [] }
  for (let n = 0; n < warmUp + 1000; n++) {
    const started = performance.now()
    const before = process.cpuUsage()
    index.top(users[n % users.length]!, 10)
    const { user, system } = process.cpuUsage(before)
    if (n < warmUp) continue
    times.elapsed.push(performance.now() - started)
    times.processor.push((user + system) / 1000)
  }
  index.dispose()
  for (const each of [times.elapsed, times.processor]) each.sort((a, b) => a - b)
  return times
}

const warmUp = 50
