import { readFileSync } from 'node:fs'
import type { ProcessorTime } from './pace.ts'

/**
 * How long this process's main thread ran and waited for a processor so far; null where the system does not say (Linux does).
 *
 *     processorTime()   // { ran: 1_803_666_497, waited: 94_826_341 }
 */
export function processorTime(): ProcessorTime | null {
  try {
    const [ran, waited] = readFileSync('/proc/self/schedstat', 'utf8').split(' ').map(Number)
    return Number.isFinite(ran) && Number.isFinite(waited) ? { ran: ran!, waited: waited! } : null
  } catch {
    return null
  }
}
