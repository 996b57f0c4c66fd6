import { constants, setPriority } from 'node:os'

/**
 * Have a process yield to those of the pipeline where there is not time for all: a question may wait, events may not.
 *
 *     belowNormal(child.pid)   // right after it was started: what it starts then yields, too
 *     belowNormal(0)           // this process
 *
 * It gets about a tenth of a processor that another one wants whole, and all of one that is free.
 */
export function belowNormal(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It has ended, or the system does not let us: it asks as everybody else then.
  }
}
