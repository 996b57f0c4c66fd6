import type { Logger } from 'pino'
import type { RestartCause } from './managed-process.ts'
import type { Role } from './messages.ts'

/** What people hear of processes that are started again, and of what is waited for. */
export interface RestartNotices {
  began(role: Role, reason: string, cause: RestartCause): void
  /** The process waits for something outside, without being started again; null when that is over. */
  waits(role: Role, reason: string | null): void
  /** The process is at work (again). */
  well(role: Role): void
  /** The process got further than it was. */
  advanced(role: Role): void
  /** The run's own log has to wait for room on the disk, or no longer. */
  logWaits(reason: string): void
  logGoesOn(): void
}

type Waiting = Role | 'log'

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
  const said = new Map<string, Set<Waiting>>()
  const lasting = new Set<string>()
  const over = (role: Waiting, isOver: (message: string) => boolean) => {
    for (const [message, roles] of said) {
      if (!isOver(message)) continue
      roles.delete(role)
      if (roles.size > 0) continue
      said.delete(message)
      lasting.delete(message)
    }
  }
  /** Whether this role had not told it yet. */
  const tell = (role: Waiting, message: string): boolean => {
    const roles = said.get(message)
    const first = roles?.has(role) !== true
    if (roles === undefined) onNotice(message)
    said.set(message, (roles ?? new Set()).add(role))
    return first
  }
  const waiting = (reason: string) => (reason === fullDisk ? reason : `Waiting, and trying again: ${reason}`)
  return {
    began(role, reason, cause) {
      const message = cause === 'own' ? `The ${role} process is started again: ${reason}` : waiting(reason)
      const first = tell(role, message)
      if (cause === 'lasting') lasting.add(message)
      if (cause === 'own' || first) log.warn({ role, reason }, 'process started again')
    },
    waits(role, reason) {
      if (reason === null) over(role, message => !lasting.has(message))
      else if (tell(role, waiting(reason))) log.warn({ role, reason }, 'waiting')
    },
    well: role => over(role, message => !lasting.has(message)),
    advanced: role => over(role, () => true),
    logWaits(reason) {
      tell('log', reason)
      lasting.add(reason)
    },
    logGoesOn: () => over('log', () => true),
  }
}
