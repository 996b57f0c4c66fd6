import type { Log, Position } from '../../log/log.ts'

/** Lag is reported to the broker this often, ms. */
const everyMs = 5_000

export interface LagReport {
  /** Report how far the process has read, if it is time; nobody waits for it. */
  report(now: number): void
  /** Resolves when no report is on its way any more. */
  stop(): Promise<void>
}

/** Reports of a process's positions for lag tools; that one fails holds nothing up, since nothing reads it back. */
export function lagReport(log: Log, group: string, positions: () => Promise<Position[]>): LagReport {
  let next = 0
  let reporting: Promise<void> = Promise.resolve()
  return {
    report(now) {
      if (now < next) return
      next = now + everyMs
      reporting = reporting
        .then(positions)
        .then(known => log.reportPositions(group, known))
        .catch(() => {})
    },
    stop() {
      next = Number.POSITIVE_INFINITY
      return reporting
    },
  }
}
