import { count, plural } from '../../records/words.ts'
import { progressBar } from '../print/progress-bar.ts'
import { sayAbove } from '../print/write-lines.ts'

/** How far a run has come, as it is shown. */
export interface Shown {
  done: number
  total: number
  perSecond: number
  standing: string
  lists: number
}

/**
 * How far a run has come, on one line.
 *
 *     '3 of 3 events · 1 list · RMSE 1.295 (popularity)'
 */
export function standingOfRun({ done, total, lists, standing }: Omit<Shown, 'perSecond'>): string {
  const parts = [`${count(done)} of ${plural(total, 'event')}`, plural(lists, 'list'), standing]
  return parts.filter(part => part !== '').join(' · ')
}

/** A bar at the foot of the terminal on stderr. */
export function createProgressBar() {
  const bar = progressBar({
    format: '{bar} {value} of {total} events · {perSecond} events/s · {lists}{standing}',
    formatValue: (value, _, type) => (type === 'value' || type === 'total' ? count(value) : String(value)),
  })
  let begun = false

  return {
    show({ done, total, perSecond, standing, lists }: Shown) {
      const words = {
        perSecond: count(perSecond),
        lists: plural(lists, 'list'),
        standing: standing && ` · ${standing}`,
      }
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
