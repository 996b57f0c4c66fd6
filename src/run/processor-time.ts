import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { ProcessorTime } from './pace.ts'

/**
 * How long this process's main thread ran and waited for a processor so far, and how long the machine's processors had nothing to
 * do; null where the system does not say (Linux does).
 *
 *     processorTime()   // { ran: 1_803_666_497, waited: 94_826_341, idle: 12_310_000_000_000, all: 20_000_000_000_000 }
 */
export function processorTime(): ProcessorTime | null {
  try {
    const [ran, waited] = readFileSync('/proc/self/schedstat', 'utf8').split(' ').map(Number)
    if (!Number.isFinite(ran) || !Number.isFinite(waited)) return null
    let [idle, all] = [0, 0]
    for (const { times } of cpus()) {
      idle += times.idle
      all += times.idle + times.user + times.nice + times.sys + times.irq
    }
    return { ran: ran!, waited: waited!, idle, all }
  } catch {
    return null
  }
}
