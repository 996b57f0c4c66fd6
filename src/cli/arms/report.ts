import { compareArms } from '../../arms/compare-arms.ts'
import { sampleRatio } from '../../arms/sample-ratio.ts'
import { RecstreamError } from '../../errors.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import type { Connection } from '../../run/messages.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import { type ArmResult, armResults } from './arm-results.ts'
import { armsTable, commandText } from './report-text.ts'
import { reportedArm } from './reported-arm.ts'
import { sharesNow } from './shares-now.ts'
import { ratioWords, verdict } from './verdict.ts'

export interface ReportOptions extends CommonOptions, ConnectionOptions {
  pipeline?: string
  days?: number
  alpha: number
  control?: string
  since?: number
}

const defaultDays = 7
const shownCommands = 5

/** Print how the arms of a pipeline compare. */
export async function reportArms(connection: Connection, options: ReportOptions): Promise<void> {
  const chosen = await choosePipeline(options.pipeline, options.data)
  const { name, layout } = chosen
  // A pipeline of one's own is known by its module only; the tables alone say nearly everything.
  const definition = await findPipeline(options.pipeline ?? name).catch(() => null)
  const days = options.days ?? definition?.guard.days ?? defaultDays
  const results = await armResults(layout, days, options.since)
  check(name, results, definition, options)
  const { alpha, control } = options
  const samples = results.map(({ arm, completeUsers, mean, variance }) => ({ arm, n: completeUsers, mean, variance }))
  const comparison = compareArms(samples, control === undefined ? { alpha } : { alpha, control })
  const { shares: given, commands } = await sharesNow(chosen, definition, connection)
  // Where the definition knows none of the arms, they were named on the command line, and so were their shares.
  const shares = given !== null && results.some(({ arm }) => Object.hasOwn(given, arm)) ? given : null
  // Once shares were changed, users say nothing of the ones that stand now.
  const ratio = shares === null || commands.length > 0 || options.since !== undefined ? null : ratioOf(results, shares)
  const words = [...verdict({ results, comparison, days, alpha }), ...ratioWords(ratio)]
  const arms = results.map(result => reportedArm(result, comparison, { days, alpha, shares }))
  const asked = { pipeline: name, days, alpha }
  await writeLines([
    options.json
      ? jsonLine({
          ...asked,
          reference: comparison.reference,
          arms,
          sampleRatio: ratio,
          commands,
          verdict: words,
        })
      : [armsTable(arms, days), '', ...words, ...commands.slice(-shownCommands).map(commandText)].join('\n'),
  ])
}

/** The p-value of users having come to arms in the parts that were meant. */
function ratioOf(results: readonly ArmResult[], shares: Readonly<Record<string, number>>): number {
  const names = [...new Set([...Object.keys(shares), ...results.map(({ arm }) => arm)])]
  const users = names.map(name => results.find(({ arm }) => arm === name)?.users ?? 0)
  return sampleRatio(
    users,
    names.map(name => shares[name] ?? 0),
  )
}

function check(
  pipeline: string,
  results: readonly ArmResult[],
  definition: PipelineDefinition | null,
  { control, since }: ReportOptions,
): void {
  const names = [...new Set([...results.map(({ arm }) => arm), ...(definition?.arms.map(({ name }) => name) ?? [])])]
  if (results.length === 0) {
    const when = since === undefined ? 'yet' : `since ${new Date(since).toISOString()}`
    throw invalid(`${pipeline} has made no list ${when}, so there is nothing to compare.`)
  }
  if (names.length === 1) {
    throw invalid(
      `${pipeline} has one arm, ${names[0]}, so there is nothing to compare; name others in its definition (arms: [{ name, policy, share }, …]).`,
    )
  }
  if (control !== undefined && !results.some(({ arm }) => arm === control)) {
    const known = names.includes(control) ? `The arm ${control} has made no list yet` : `There is no arm "${control}"`
    throw invalid(`${known}; give one of ${results.map(({ arm }) => arm).join(', ')} with --control.`)
  }
}

function invalid(message: string): RecstreamError {
  return new RecstreamError('CONFIG_INVALID', message)
}
