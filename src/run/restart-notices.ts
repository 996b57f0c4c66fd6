import type { Logger } from 'pino'
import type { RestartCause } from './managed-process.ts'

/** What people hear of processes that are started again, and of what is waited for. */
export interface RestartNotices {
  began(process: string, reason: string, cause: RestartCause): void
  /** The process waits for something outside, without being started again; null when that is over. */
  waits(process: string, reason: string | null): void
  /** The process is at work (again). */
  well(process: string): void
  /** The process got further than it was. */
  advanced(process: string): void
  /** The run's own log has to wait for room on the disk, or no longer. */
  logWaits(reason: string): void
  logGoesOn(): void
}

/**
 * Says why processes are started again: each reason once, as long as none of them got to work meanwhile. What is waited
 * for outside (a broker, a registry) is the same for all of them, and tried every second. A full disk, or a registry that is
 * away, often lets a process get to work, and no further: that is over when the process got further.
 */
export function restartNotices(
  log: Pick<Logger, 'warn'>,
  onNotice: (message: string) => void,
  fullDisk?: string,
): RestartNotices {
  const said = new Map<string, Set<string>>()
  const lasting = new Set<string>()
  const over = (process: string, isOver: (message: string) => boolean) => {
    for (const [message, roles] of said) {
      if (!isOver(message)) continue
      roles.delete(process)
      if (roles.size > 0) continue
      said.delete(message)
      lasting.delete(message)
    }
  }
  /** Whether this process had not told it yet. */
  const tell = (process: string, message: string): boolean => {
    const roles = said.get(message)
    const first = roles?.has(process) !== true
    if (roles === undefined) onNotice(message)
    said.set(message, (roles ?? new Set()).add(process))
    return first
  }
  const waiting = (reason: string) => (reason === fullDisk ? reason : `Waiting, and trying again: ${reason}`)
  return {
    began(process, reason, cause) {
      const message = cause === 'own' ? `The ${process} process is started again: ${reason}` : waiting(reason)
      const first = tell(process, message)
      if (cause === 'lasting') lasting.add(message)
      if (cause === 'own' || first) log.warn({ role: process, reason }, 'process started again')
    },
    waits(process, reason) {
      if (reason === null) over(process, message => !lasting.has(message))
      else if (tell(process, waiting(reason))) log.warn({ role: process, reason }, 'waiting')
    },
    well: process => over(process, message => !lasting.has(message)),
    advanced: process => over(process, () => true),
    logWaits(reason) {
      tell('log', reason)
      lasting.add(reason)
    },
    logGoesOn: () => over('log', () => true),
  }
}
