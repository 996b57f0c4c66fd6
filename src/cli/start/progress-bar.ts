import { SingleBar } from 'cli-progress'
import { count } from '../print/words.ts'

/** How far a run has come, as it is shown. */
export interface Shown {
  done: number
  total: number
  perSecond: number
  standing: string
  lists: number
}

/** A bar at the foot of the terminal on stderr. */
export function createProgressBar() {
  const bar = new SingleBar({
    stream: process.stderr,
    format: '{bar} {value} of {total} events · {perSecond} events/s · {lists} lists{standing}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    fps: 5,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false, // what Ctrl-C means is decided elsewhere
    formatValue: (value, _, type) => (type === 'value' || type === 'total' ? count(value) : String(value)),
  })
  let begun = false

  return {
    show({ done, total, perSecond, standing, lists }: Shown) {
      const words = { perSecond: count(perSecond), lists: count(lists), standing: standing && ` · ${standing}` }
      if (!begun) bar.start(total, done, words)
      else {
        bar.setTotal(total)
        bar.update(done, words)
      }
      begun = true
    },
    /** A line above the bar, which is drawn again below it. */
    say(message: string) {
      process.stderr.write(begun ? `\r\u001B[K${message}\n` : `${message}\n`)
    },
    end() {
      if (begun) bar.stop()
    },
  }
}
