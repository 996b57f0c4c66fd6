import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { KeptOutput } from './kept-run.ts'
import type { RunSetup } from './open-run.ts'
import { resultsFolder } from './results-page.ts'

/**
 * The section of an experiment on a page of docs/results: the command, the table, and the plots, which are copied into `plots` beside the pages.
 */
export function resultsSection(
  command: string,
  { summary, table, folder, plots, sourceSlug }: KeptOutput & { sourceSlug: string },
): string {
  const place = join(resultsFolder(), 'plots')
  const prefix = `${summary.experiment}-${sourceSlug}-`
  mkdirSync(place, { recursive: true })
  for (const file of readdirSync(place)) if (file.startsWith(prefix)) rmSync(join(place, file))
  for (const file of plots) copyFileSync(join(folder, file), join(place, `${prefix}${file}`))
  const shown = plots.map(file => `![${basename(file, '.svg')}](plots/${prefix}${file})`)
  return [`\`${command}\``, table, shown.join('\n')].join('\n\n')
}

/** Events between two exchanges as a person writes them. */
const exchangeText = (every: number) => (every === Number.POSITIVE_INFINITY ? 'never' : String(every))

/**
 * The command that makes the figures again, with the data's name where a folder stood.
 *
 *     commandOf(setup, { pipeline: 'movielens' })   // npx recstream experiment prequential --source ml-100k --seeds 1,2,3
 */
export function commandOf(
  { experiment, pipeline, settings, source, seeds, learners, exchange }: RunSetup,
  own: { pipeline: string; policies?: string },
): string {
  const backend = process.env['RECSTREAM_BACKEND']
  return [
    ...(backend === undefined ? [] : [`RECSTREAM_BACKEND=${backend}`]),
    `npx recstream experiment ${experiment}`,
    ...(source === undefined ? [] : [`--source ${basename(source)}`]),
    ...(pipeline === own.pipeline ? [] : [`--pipeline ${basename(pipeline)}`]),
    `--seeds ${seeds.join(',')}`,
    ...(learners === undefined ? [] : [`--learners ${learners.join(',')}`]),
    ...(exchange === undefined ? [] : [`--exchange ${exchange.map(exchangeText).join(',')}`]),
    ...(own.policies === undefined ? [] : [`--policies '${own.policies}'`]),
    ...Object.entries(settings).map(([name, value]) => `--set ${name}=${value}`),
  ].join(' ')
}
