import { join } from 'node:path'
import type { TuningSetup } from '../../lab/tune/open-tuning.ts'
import { runTuning } from '../../lab/tune/run-tuning.ts'
import type { Strategy } from '../../lab/tune/search.ts'
import type { Tuned } from '../../lab/tune/tuned.ts'
import { optionsText, testRows, tuningRows } from '../../lab/tune/tuning-table.ts'
import { plural } from '../../records/words.ts'
import type { CommonOptions } from '../common-options.ts'
import { createTrialProgress, untilStopped } from '../experiment/progress.ts'
import { colours } from '../print/colours.ts'
import { table } from '../print/table.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'

export interface TuneOptions extends CommonOptions {
  world: string
  pipeline?: string
  source?: string
  strategy: Strategy
  trials: number
  points: number
  space?: string[]
  option: Record<string, string>
  set: Record<string, string>
  seed: number
  steps: number
  people: number
  ranked: number
  jobs: number
  output?: string
  fresh?: true
}

/** Search with progress on stderr and the table, or with --json one line, on stdout. */
export async function tune(agent: string, options: TuneOptions): Promise<void> {
  const { pipeline, source, output, world, strategy, trials, points, seed, steps, people, ranked } = options
  const setup: TuningSetup = {
    ...{ agent, world, strategy, trials, points, seed, steps, people, ranked },
    ...{ settings: options.set, fixed: options.option, space: options.space ?? [] },
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(source === undefined ? {} : { source }),
  }
  const progress = createTrialProgress({ quiet: options.json === true })
  const done = await untilStopped(progress, signal =>
    runTuning({
      ...{ setup, jobs: options.jobs, fresh: options.fresh === true, signal },
      folders: join(options.data, 'tuning'),
      onBegin: ({ candidates, problem }, folder) =>
        progress.say(
          `${agent} on ${problem.name}, ${plural(candidates.length, 'set')} of options; results lie in ${folder}`,
        ),
      onProgress: progress.update,
      onNotice: progress.notice,
      ...(output === undefined ? {} : { output }),
    }),
  )
  if (done === null) return
  const { tuned, folder, older, undrawn } = done
  progress.sayOlder(older.length)
  progress.sayUndrawn(undrawn)
  await writeLines([options.json ? jsonLine(tuned) : `${shownTuning(tuned)}\n\nAll of it lies in ${folder}`])
}

function shownTuning(tuned: Tuned): string {
  const drawn = ({ headings, rows }: ReturnType<typeof testRows>, left: number) =>
    table(headings, rows, { right: headings.map((_, at) => at).slice(left), indent: 2 })
  return [
    `\n${colours().bold(`${tuned.agent} on ${tuned.problem}`)}`,
    drawn(tuningRows(tuned), 2),
    drawn(testRows(tuned), 1),
    `  Best options: ${optionsText(tuned.best.options)}`,
    ...(tuned.notes.length === 0 ? [] : [tuned.notes.map(note => `  ${note}`).join('\n')]),
  ].join('\n\n')
}
