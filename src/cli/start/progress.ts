import type { PipelineDefinition } from '../../records/definition.ts'
import { count } from '../../records/words.ts'
import type { Layout } from '../../run/layout.ts'
import { recentRate } from '../../run/recent-rate.ts'
import type { RunProgress } from '../../run/run-progress.ts'
import { say as sayLine } from '../print/write-lines.ts'
import { eventsBefore } from './events-before.ts'
import { goingOn } from './going-on.ts'
import { createProgressBar, type Shown, standingOfRun } from './progress-bar.ts'
import { servedLine } from './served-text.ts'
import { standingLine, yardstickOf } from './standing.ts'

export interface Progress {
  begin(logName: string): void
  update(progress: RunProgress): void
  /** A sentence between the lines of progress. */
  say(message: string): void
  end(): void
}

const lineEveryMs = 5_000

/** Progress on stderr: a bar on a terminal, else a line every 5 s while something happens. */
export function createProgress({ definition, layout }: { definition: PipelineDefinition; layout: Layout }): Progress {
  const yardstick = yardstickOf(definition.scale)
  const rate = recentRate(10_000)
  const bar = process.stderr.isTTY ? createProgressBar() : null
  let latest: RunProgress = {}
  let before: Promise<number | null> | undefined
  let rowsBefore = 0
  let told = false
  let known = 0
  let lastLine = ''

  const say = (message: string) => (bar === null ? sayLine(message) : bar.say(message))
  const shown = (): Shown => {
    const { imported, ingested, learned } = latest
    const done = learned?.position ?? 0
    // Rows that the learner has still to see: those that ingest has kept, and those that are still to come to it.
    const toCome = Math.max(0, (imported?.total ?? 0) - known - (ingested?.eventsRead ?? 0))
    const total = Math.max(done, ingested?.sequence ?? 0) + (imported === undefined ? 0 : toCome)
    return {
      done,
      total,
      perSecond: rate(done, performance.now()),
      standing:
        learned === undefined
          ? ''
          : [standingLine(learned.scores, learned.champion, yardstick), servedLine(learned.served)]
              .filter(part => part !== '')
              .join(' · '),
      lists: learned?.recommendations ?? 0,
    }
  }
  const line = () => {
    if (latest.ingested === undefined) return
    const { perSecond, ...standing } = shown()
    const text = standingOfRun(standing)
    // An idle pipeline says nothing again and again.
    if (text !== lastLine) sayLine(`${text} · ${count(perSecond)} events/s`)
    lastLine = text
  }
  const timer = bar === null ? setInterval(line, lineEveryMs) : undefined

  return {
    say,
    begin(logName) {
      say(`Running ${definition.name} on ${logName}; everything lies in ${layout.root}`)
    },
    update(progress) {
      latest = progress
      const { ingested, learned } = progress
      if (before === undefined && ingested !== undefined && ingested.sequence > ingested.eventsRead) {
        before = eventsBefore(layout)
        rowsBefore = ingested.sequence
        before.then(events => {
          known = events ?? 0
        })
      }
      if (!told && before !== undefined && learned !== undefined) {
        told = true
        const { position } = learned
        before.then(events => say(goingOn({ events, position, rows: rowsBefore })))
      }
      bar?.show(shown())
    },
    end() {
      clearInterval(timer)
      bar?.end()
    },
  }
}
