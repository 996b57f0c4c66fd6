import { progressBar, sayAbove } from '../print/progress-bar.ts'
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
  const bar = progressBar({
    format: '{bar} {value} of {total} events · {perSecond} events/s · {lists} lists{standing}',
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
    say: (message: string) => sayAbove(message, begun),
    end() {
      if (begun) bar.stop()
    },
  }
}
