import type { Crowd } from '../../lab/simulate/live/crowd.ts'
import { count } from '../../records/words.ts'
import { recentRate } from '../../run/recent-rate.ts'
import { progressBar } from '../print/progress-bar.ts'
import { sayAbove } from '../print/write-lines.ts'

const lineEveryMs = 5_000
const dayMs = 86_400_000

/** Progress on stderr: a bar on a terminal, else a line every 5 s. */
export function createLiveProgress(options: { crowd: Crowd; begins: number; steps: number; quiet: boolean }) {
  const { crowd, begins, steps, quiet } = options
  const rate = recentRate(10_000)
  const bar = process.stderr.isTTY && !quiet ? progressBar({ format: '{bar} {value} of {total} items{words}' }) : null
  let begun = false
  let saidAt = Number.NEGATIVE_INFINITY
  const noticed = new Set<string>()
  const say = (message: string) => sayAbove(message, begun)
  const words = (): string => {
    const arms = crowd.tally
      .arms(crowd.settled)
      .map(({ arm, rewardPerUserDay, people }) => `${arm} ${rewardPerUserDay.mean.toFixed(1)} (${count(people)})`)
    return [
      '',
      `day ${Math.max(0, (crowd.time - begins) / dayMs).toFixed(1)}`,
      ...(arms.length === 0 ? [] : [`reward a user-day ${arms.join(', ')}`]),
      `${count(rate(crowd.steps, performance.now()))} items/s`,
    ].join(' · ')
  }
  return {
    say,
    /** What a process has to say; the same thing once. */
    notice(message: string) {
      if (!noticed.has(message)) say(message)
      noticed.add(message)
    },
    update() {
      if (bar !== null) {
        if (!begun) bar.start(steps, crowd.steps, { words: '' })
        begun = true
        bar.update(crowd.steps, { words: words() })
      } else if (performance.now() - saidAt > lineEveryMs) {
        saidAt = performance.now()
        say(`${count(crowd.steps)} items${words()}`)
      }
    },
    end() {
      if (begun) bar?.stop()
    },
  }
}
