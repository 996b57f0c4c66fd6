import type { Log, Position } from '../../log/log.ts'

/** Lag tools hear of a group this often, ms. */
const everyMs = 5_000

export interface LagReport {
  /** Tell how far the process has read, if it is time; nobody waits for it. */
  tell(now: number): void
  /** Resolves when nothing is being told any more. */
  stop(): Promise<void>
}

/** Reports of a process's positions for lag tools; that one fails holds nothing up, since nothing reads it back. */
export function lagReport(log: Log, group: string, positions: () => Promise<Position[]>): LagReport {
  let next = 0
  let telling: Promise<void> = Promise.resolve()
  return {
    tell(now) {
      if (now < next) return
      next = now + everyMs
      telling = telling
        .then(positions)
        .then(known => log.reportPositions(group, known))
        .catch(() => {})
    },
    stop() {
      next = Number.POSITIVE_INFINITY
      return telling
    },
  }
}
