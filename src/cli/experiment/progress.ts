import type { RecstreamError } from '../../errors.ts'
import { metricOf, shown } from '../../lab/experiment/metrics.ts'
import type { RunProgress } from '../../lab/experiment/run-trials.ts'
import { plural } from '../../records/words.ts'
import { progressBar } from '../print/progress-bar.ts'
import { sayAbove } from '../print/write-lines.ts'
import { exitCodeOf, stopSignal } from '../stop-signal.ts'

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
    /** Said even when quiet. */
    notice: say,
    /** How many results came from another version of the program. */
    sayOlder(trials: number) {
      if (trials === 0 || quiet) return
      say(
        `${plural(trials, 'trial')} came from an earlier run of another version of the program; --fresh runs them again.`,
      )
    },
    /** Why there are no plots; also with --json, whose line does not tell that anything is missing. */
    sayUndrawn(reason: RecstreamError | null) {
      if (reason !== null) say(`note[${reason.code}]: ${reason.message}`)
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

/**
 * Run trials until they are done, or Ctrl-C or SIGTERM: then null, with the exit code set. What is finished stays.
 *
 *     const output = await untilStopped(progress, signal => runExperiment({ …, signal }))
 */
export async function untilStopped<T>(
  progress: ReturnType<typeof createTrialProgress>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const { stopped, received } = stopSignal()
  try {
    return await work(stopped)
  } catch (error) {
    const signal = received()
    if (signal === null) throw error
    process.exitCode = exitCodeOf(signal)
    progress.say('Stopped. What is finished stays; the same command goes on from here.')
    return null
  } finally {
    progress.end()
  }
}

function resultWords({ result, seconds }: NonNullable<RunProgress['finished']>): string {
  const scores = Object.entries(result.metrics).slice(0, 2)
  const words = scores.map(([name, value]) => `${metricOf(name).title} ${shown(name, value)}`)
  return [...words, `${seconds.toFixed(1)} s`].join(' · ')
}
