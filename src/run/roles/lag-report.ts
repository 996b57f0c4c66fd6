import { setTimeout as delay } from 'node:timers/promises'
import { RecstreamError } from '../../errors.ts'
import type { Log, Position } from '../../log/log.ts'

/** Lag is reported to the broker this often, ms. */
const everyMs = 5_000
/** What cannot pass by itself is tried again after this long, ms. */
const hopelessMs = 60_000
/** A stop waits this long for a report that is on its way, ms. */
const farewellMs = 1_000

export interface LagReport {
  /** Report how far the process has read, if it is time; nobody waits for it. Throws where a report found another run. */
  report(now: number): void
  /** Resolves when no report is on its way any more. */
  stop(): Promise<void>
}

/**
 * Reports of a process's positions for lag tools; that one fails holds nothing up, since nothing reads it back. Where the
 * right to report is missing, or the brokers keep no positions, that is said once.
 */
export function lagReport(
  log: Log,
  group: string,
  positions: () => Promise<Position[]>,
  onNotice: (message: string) => void,
): LagReport {
  let next = 0
  let reporting: Promise<void> = Promise.resolve()
  let rival: RecstreamError | null = null
  let said = false

  const failed = (error: unknown) => {
    const code = error instanceof RecstreamError ? error.code : null
    if (code === 'TAKEN_OVER' || code === 'LED_ELSEWHERE') rival = error as RecstreamError
    if (code !== 'LOG_FORBIDDEN' && code !== 'LOG_MISCONFIGURED') return
    next += hopelessMs
    if (!said) onNotice(`Lag tools see nothing of ${group}, and all else goes on: ${(error as Error).message}`)
    said = true
  }
  return {
    report(now) {
      if (rival !== null) throw rival
      if (now < next) return
      next = now + everyMs
      reporting = reporting
        .then(positions)
        .then(known => log.reportPositions(group, known))
        .catch(failed)
    },
    async stop() {
      next = Number.POSITIVE_INFINITY
      await Promise.race([reporting, delay(farewellMs, undefined, { ref: false })])
    },
  }
}
