import { metricOf, shown } from '../../experiment/metrics.ts'
import type { RunProgress } from '../../experiment/run-trials.ts'
import { progressBar, sayAbove } from '../print/progress-bar.ts'

const lineEveryMs = 5_000

/** Progress of trials on stderr: a bar on a terminal, else a line now and then; quiet, only what is finished. */
export function createTrialProgress({ quiet }: { quiet: boolean }) {
  const bar =
    process.stderr.isTTY && !quiet
      ? progressBar({ format: '{bar} {percentage}% of {total} trials · {trial}{words}' })
      : null
  let begun = false
  let lastLine = Number.NEGATIVE_INFINITY

  const say = (message: string) => sayAbove(message, begun)
  return {
    say(message: string) {
      if (!quiet) say(message)
    },
    update(progress: RunProgress) {
      const { done, total, trial, words, finished, found } = progress
      if (finished !== undefined) say(`${trial}: ${found ? 'finished earlier' : `${resultWords(finished)}`}`)
      if (bar === null) {
        const now = performance.now()
        if (quiet || finished !== undefined || now - lastLine < lineEveryMs) return
        lastLine = now
        say(`${Math.floor((100 * done) / total)}% · ${trial}${words === '' ? '' : ` · ${words}`}`)
        return
      }
      const payload = { trial, words: words === '' ? '' : ` · ${words}` }
      if (!begun) bar.start(total, done, payload)
      else bar.update(done, payload)
      begun = true
    },
    end() {
      if (begun) bar?.stop()
      begun = false
    },
  }
}

function resultWords({ result, seconds }: NonNullable<RunProgress['finished']>): string {
  const scores = Object.entries(result.metrics).slice(0, 2)
  const words = scores.map(([name, value]) => `${metricOf(name).title} ${shown(name, value)}`)
  return [...words, `${seconds.toFixed(1)} s`].join(' · ')
}
