import type { Readable } from 'node:stream'

/** With this V8 begins to say how it came to its end: tables and stacks that nobody can act on. */
const lastWords = /<--- Last few GCs --->|FATAL ERROR: |# Fatal (process|javascript)/
const outOfMemory = /out of memory|allocation failed/i

/** What a process said on stderr as it ended. */
export interface LastWords {
  /** Whether it ended for want of memory, as far as is known. */
  readonly ofMemory: boolean
}

/**
 * Pass on what a process says on stderr, but for V8's last words.
 *
 *     const words = passOnStderr(child.stderr, write)
 *     child.on('close', () => words.ofMemory)
 */
export function passOnStderr(from: Readable, write: (text: string) => void): LastWords {
  let last: string | null = null
  from.setEncoding('utf8').on('data', (text: string) => {
    const at = last === null ? text.search(lastWords) : 0
    if (last === null) write(at < 0 ? text : text.slice(0, at).trimStart())
    if (at >= 0) last = `${last ?? ''}${text.slice(at)}`
  })
  return {
    get ofMemory() {
      return last !== null && outOfMemory.test(last)
    },
  }
}
