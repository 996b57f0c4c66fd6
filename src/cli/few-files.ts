import { readFileSync } from 'node:fs'

/** A run of every command fits; below it modules are not found, and libraries end without a word. */
const least = 128

/** Where a process may open too few files for this program (Linux tells): what to do, in a sentence. Null where all is well. */
export function fewFiles(limits: string = ownLimits()): string | null {
  const allowed = /^Max open files\s+(\d+)/m.exec(limits)?.[1]
  if (allowed === undefined || Number(allowed) >= least) return null
  return `A process may open ${allowed} files here, and recstream needs ${least} at least; allow more with \`ulimit -n 4096\`.`
}

/** What the system allows this process, as Linux tells it; nothing elsewhere. */
export function ownLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return ''
  }
}
