import type { Logger } from 'pino'
import type { Role } from './messages.ts'

/** What people hear of processes that are started again. */
export interface RestartNotices {
  began(role: Role, reason: string, outside: boolean): void
  /** The process is at work (again). */
  well(role: Role): void
}

/**
 * Says why processes are started again: each reason once, as long as none of them got to work meanwhile. What is waited
 * for outside (a broker, a registry) is the same for all of them, and tried every second.
 */
export function restartNotices(log: Pick<Logger, 'warn'>, onNotice: (message: string) => void): RestartNotices {
  const said = new Map<string, Set<Role>>()
  return {
    began(role, reason, outside) {
      const message = outside
        ? `Waiting, and trying again: ${reason}`
        : `The ${role} process is started again: ${reason}`
      const roles = said.get(message)
      if (roles === undefined) onNotice(message)
      if (!outside || roles?.has(role) !== true) log.warn({ role, reason }, 'process started again')
      said.set(message, (roles ?? new Set()).add(role))
    },
    well(role) {
      for (const [message, roles] of said) {
        roles.delete(role)
        if (roles.size === 0) said.delete(message)
      }
    },
  }
}
