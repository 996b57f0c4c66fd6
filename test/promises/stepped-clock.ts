import { writeFileSync } from 'node:fs'

const dayMs = 86_400_000

/** Loaded before anything else: the wall clock is off by what a file says, which is looked at five times a second. */
const shifted = `
import { readFileSync } from 'node:fs'
const Real = Date
const real = Date.now
let offset = 0
let lookedAt = 0
function now() {
  const time = real()
  if (Math.abs(time - lookedAt) > 200) {
    lookedAt = time
    offset = Number(readFileSync(process.env.RECSTREAM_TEST_CLOCK, 'utf8'))
  }
  return time + offset
}
globalThis.Date = class Date extends Real {
  constructor(...given) {
    if (given.length === 0) super(now())
    else super(...given)
  }
  static now() {
    return now()
  }
}`

/**
 * A wall clock of a command and its processes that can be set while they run.
 *
 *     const clock = steppedClock(join(folder, 'clock'))
 *     recstream(args, { env: clock.env })
 *     clock.set(6)      // six days ahead
 */
export function steppedClock(file: string): { env: Record<string, string>; set(days: number): void } {
  const set = (days: number) => writeFileSync(file, String(days * dayMs))
  set(0)
  const preload = `data:text/javascript,${encodeURIComponent(shifted)}`
  return { env: { NODE_OPTIONS: `--import=${preload}`, RECSTREAM_TEST_CLOCK: file }, set }
}
