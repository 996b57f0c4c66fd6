import type { Command } from '../../arms/command.ts'
import { RecstreamError } from '../../errors.ts'
import { type ArmComparison, compareArms } from '../../evaluate/compare-arms.ts'
import { meanInterval } from '../../evaluate/sequential-test.ts'
import type { PipelineDefinition } from '../../pipeline/definition.ts'
import { findPipeline } from '../../pipeline/find-pipeline.ts'
import type { Connection } from '../../pipeline/messages.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { table } from '../print/table.ts'
import { count, plural } from '../print/words.ts'
import { writeLines } from '../print/write-lines.ts'
import { type ArmResult, armResults } from './arm-results.ts'
import { sharesNow } from './shares-now.ts'
import { short, verdict } from './verdict.ts'

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
  const words = verdict({ results, comparison, days, alpha })
  const { shares, commands } = await sharesNow(chosen, definition, connection)
  const arms = results.map(result => ({
    ...armOf(result, comparison, { days, alpha }),
    share: shares === null ? null : (shares[result.arm] ?? 0),
  }))
  await writeLines([
    options.json
      ? JSON.stringify({ pipeline: name, days, alpha, reference: comparison.reference, arms, commands, verdict: words })
      : [tableOf(arms, days), '', ...words, ...commands.slice(-shownCommands).map(commandText)].join('\n'),
  ])
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

type ReportedArm = ReturnType<typeof armOf> & { share: number | null }

/** An arm as the report shows it; where an interval has no end yet, it is null. */
function armOf(
  { arm, policy, users, completeUsers, movedUsers, mean, variance }: ArmResult,
  { comparisons }: ArmComparison,
  { days, alpha }: { days: number; alpha: number },
) {
  const own = meanInterval({ n: completeUsers, mean, variance }, { alpha })
  const compared = comparisons.find(each => each.arm === arm)
  return {
    ...{ arm, policy, users, completeUsers, movedUsers },
    rewardPerUserDay: { estimate: finite(mean / days), low: finite(own.low / days), high: finite(own.high / days) },
    difference:
      compared === undefined
        ? null
        : {
            to: compared.to,
            estimate: finite(compared.estimate / days),
            low: finite(compared.low / days),
            high: finite(compared.high / days),
            p: compared.p,
            usersToDecide: compared.usersToDecide,
          },
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

/** '2026-01-31 12:00 shares a=0.2 b=0.8 (a is slow), taken in before sequence 40,001' */
function commandText({ kind, shares, arm, time, reason, appliedAt }: Command): string {
  const given = Object.entries(shares).map(([name, share]) => `${name}=${share}`)
  const when = new Date(time).toISOString().slice(0, 16).replace('T', ' ')
  const what = [kind, ...(arm === null ? [] : [arm]), ...given].join(' ')
  const taken = appliedAt === null ? 'not taken in yet' : `taken in before sequence ${count(appliedAt)}`
  return `${when} ${what}${reason === '' ? '' : ` (${reason})`}, ${taken}`
}

function tableOf(arms: readonly ReportedArm[], days: number): string {
  const range = ({ low, high }: { low: number | null; high: number | null }) =>
    low === null || high === null ? '–' : `${short(low)} … ${short(high)}`
  const signed = (value: number | null) => (value === null ? '–' : `${value > 0 ? '+' : ''}${short(value)}`)
  const rows = arms.map(({ arm, policy, share, users, completeUsers, rewardPerUserDay: reward, difference }) => [
    arm,
    policy,
    share === null ? '–' : `${Number((100 * share).toPrecision(3))}%`,
    count(users),
    count(completeUsers),
    short(reward.estimate ?? Number.NaN),
    range(reward),
    ...(difference === null
      ? ['', '', '']
      : [signed(difference.estimate), range(difference), difference.low === null ? '–' : pText(difference.p)]),
  ])
  const to = arms.find(({ difference }) => difference !== null)?.difference?.to ?? ''
  const headings = ['arm', 'policy', 'share', 'users', `of ${plural(days, 'day')}`, 'reward a day', 'interval']
  const compared = to === '' ? ['', '', ''] : [`against ${to}`, 'interval', 'p']
  return table([...headings, ...compared], rows, { right: [2, 3, 4, 5, 7, 9] })
}

function pText(p: number): string {
  return p < 0.0001 ? '<.0001' : p.toPrecision(2)
}
