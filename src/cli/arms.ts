import { type Command, InvalidArgumentError } from 'commander'
import type { ReportOptions } from './arms/report.ts'
import { withCommonOptions, withPipelineOption } from './common-options.ts'

export function addArms(program: Command): void {
  const group = program
    .command('arms')
    .summary('compare the arms of a pipeline')
    .description('Arms: what the users of each bring, and whether one is ahead.')
    .addHelpText(
      'after',
      `
Examples:
  $ npx recstream arms                                who is ahead, over the users whose days are over
  $ npx recstream arms ./shop.js --days 10 --control myopic`,
    )
  addReport(group)
}

function addReport(group: Command): void {
  const command = group
    .command('report', { isDefault: true })
    .description(
      'Show users, reward per user-day and the difference between arms, with intervals that hold at every look.',
    )
    .argument('[pipeline]', 'name or module of the pipeline, as --pipeline')
  withCommonOptions(withPipelineOption(command), 'print the report as one JSON object')
    .option('--days <days>', 'how long a user counts after the first list (default: guard.days)', days)
    .option('--alpha <chance>', 'that any interval ever misses, however often one looks', chance, 0.05)
    .option('--control <arm>', 'compare with this arm (default: the one that is ahead)')
    .option('--since <time>', 'only lists from this event time on, as 2026-01-31 or 2026-01-31T12:00Z', moment)
    .addHelpText(
      'after',
      `
A user belongs to the arm of the first list, also when shares change later. Who has not had all the days yet is not
counted. Intervals and p-values hold at every look: stop as soon as they say enough.

Examples:
  $ npx recstream arms
  $ npx recstream arms ./shop.js --days 10 --control myopic
  $ npx recstream arms --since 2026-01-31 --json`,
    )
    .action(async (pipeline: string | undefined, options: ReportOptions) => {
      const { reportArms } = await import('./arms/report.ts')
      await reportArms(pipeline === undefined ? options : { ...options, pipeline })
    })
}

function days(text: string): number {
  const value = Number(text)
  if (value >= 0.001 && value <= 3650) return value
  throw new InvalidArgumentError('It must be a number of days from 0.001 to 3,650.')
}

function chance(text: string): number {
  const value = Number(text)
  if (value >= 1e-6 && value <= 0.5) return value
  throw new InvalidArgumentError('It must be a chance from 0.000001 to 0.5, such as 0.05.')
}

function moment(text: string): number {
  const value = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(text)
    ? Date.parse(/[Z]$|[+-]\d\d:\d\d$/.test(text) || text.length === 10 ? text : `${text}Z`)
    : Number.NaN
  if (!Number.isNaN(value)) return value
  throw new InvalidArgumentError('It must be a time such as 2026-01-31 or 2026-01-31T12:00Z; without a zone it is UTC.')
}
