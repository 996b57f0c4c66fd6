import type { PipelineDefinition } from '../../records/definition.ts'
import { count, plural } from '../../records/words.ts'
import type { Layout } from '../../run/layout.ts'
import type { RunSummary } from '../../run/run-summary.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { colours } from '../print/colours.ts'
import { inWords } from '../print/reason-words.ts'
import { table } from '../print/table.ts'
import { writeLines } from '../print/write-lines.ts'
import { listsText } from './lists-text.ts'
import { type NewestList, newestLists } from './newest-lists.ts'
import { scoresText } from './scores-text.ts'
import { servedText } from './served-text.ts'

/** Where the run keeps things; commands that are shown name it again. */
type Place = Pick<CommonOptions & ConnectionOptions, 'data' | 'brokers'>

/** Say what a run came to. */
export async function printSummary(
  summary: RunSummary,
  definition: PipelineDefinition,
  layout: Layout,
  options: Place,
): Promise<void> {
  const lists = await newestLists(layout, definition.scale).catch((error: Error) => error)
  await writeLines([summaryText(summary, definition, layout, options, lists)])
}

/** The summary as text, with the lists that were read from the warehouse, or why they could not be. */
export function summaryText(
  summary: RunSummary,
  definition: PipelineDefinition,
  layout: Layout,
  options: Place,
  lists: readonly NewestList[] | Error,
): string {
  const { bold } = colours()
  const flags = options.data === '.recstream' ? '' : ` --data ${options.data}`
  const kafka = options.brokers === undefined ? '' : ` --brokers ${options.brokers}`
  const pipeline = ` -p ${definition.name}${flags}`
  return `
${bold(definition.name)}${definition.description === '' ? '' : `: ${definition.description}`}

${bold('What came in')}
${cameIn(summary)}

${bold('How good the predictions were')}, each made before the event was learned from
${scoresText(summary, definition.scale)}

${bold('How good the lists were')}, each judged by what its user went for next
${servedText(summary.served)}

${bold('Three users and their newest lists')}
${listsText(lists)}

Model version ${count(summary.modelVersion)}, trained with the ${summary.backend} backend; weights ${summary.weightsSha256}
Everything lies in ${layout.root}. Ask about it:
  npx recstream sql${pipeline} "select policy, metric, value from scores order by version desc limit 8"
  npx recstream sql${pipeline}          tables and columns
  npx recstream tail recommendations${pipeline}${kafka} --limit 3`
}

function cameIn(summary: RunSummary): string {
  const { eventsIn, eventsKept, rejected, passedOver = 0, unjoined, sequences, recommendations } = summary
  const total = eventsIn - eventsKept
  const reasons = Object.entries(rejected).sort((a, b) => b[1] - a[1])
  const rows = reasons.map(([reason, number]) => [count(number), reason, inWords(reason)])
  const pace = [
    ...(summary.secondsToFirstRecommendation === null
      ? []
      : [`first list after ${summary.secondsToFirstRecommendation.toFixed(1)} s`]),
    ...(summary.eventsPerSecond === 0 ? ['no new events this time'] : [`${count(summary.eventsPerSecond)} events/s`]),
    `at most ${count(summary.peakRssMb)} MiB in all processes`,
  ]
  return [
    `  ${plural(eventsIn, 'event')}: ${count(eventsKept)} kept, ${count(total)} rejected${total === 0 ? '' : ':'}`,
    ...(rows.length === 0 ? [] : [table(['count', 'reason', 'meaning'], rows, { right: [0], indent: 4 })]),
    ...(passedOver === 0 ? [] : [`  ${plural(passedOver, 'record')} of this run passed over by decode`]),
    ...(unjoined === undefined ? [] : [`  ${unjoined}`]),
    `  ${plural(sequences, 'interest sequence')} learned from, ${plural(recommendations, 'list')} published`,
    `  ${pace.join(' · ')}`,
  ].join('\n')
}
