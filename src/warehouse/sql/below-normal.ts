import { constants, getPriority, setPriority } from 'node:os'

const { PRIORITY_BELOW_NORMAL: yields } = constants.priority

/**
 * Have a process yield to those of the pipeline where there is not time for all: a question may wait, events may not.
 *
 *     belowNormal(0)   // this process, and what it starts from now on
 *
 * It gets about a tenth of a processor that another one wants whole, and all of one that is free.
 */
export function belowNormal(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    setPriority(pid, yields)
  } catch {
    // It has ended, or the system does not let us: it asks as everybody else then.
  }
}

/**
 * What a shell does first to yield so before it runs the program in `$0` in its place, where the system has `nice`.
 *
 *     `${yielding()}exec "$0" "$@"`
 *
 * A parent that sets its child's priority comes too late for what the child does until then.
 */
export function yielding(): string {
  const more = yields - getPriority()
  return more > 0 ? `command -v nice >/dev/null && exec nice -n ${more} "$0" "$@"; ` : ''
}
