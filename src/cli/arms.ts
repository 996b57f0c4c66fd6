import { type Command, InvalidArgumentError } from 'commander'
import type { CommandOptions } from './arms/give-command.ts'
import type { ReportOptions } from './arms/report.ts'
import { withCommonOptions, withPipelineOption } from './common-options.ts'
import { connectionFrom, withConnectionOptions } from './connection-options.ts'

export function addArms(program: Command): void {
  const group = program
    .command('arms')
    .summary('compare arms, change their shares, promote, roll back')
    .description('Arms: what the users of each bring, whether one is ahead, and who gets which from now on.')
    .addHelpText(
      'after',
      `
Examples:
  $ npx recstream arms                                who is ahead, over the users whose days are over
  $ npx recstream arms ./shop.mjs --days 10 --control myopic
  $ npx recstream arms shares myopic=0.2 ddpg-la=0.8 --pipeline ./shop.mjs
  $ npx recstream arms promote ddpg-la --pipeline ./shop.mjs --reason "ahead by 12%"
  $ npx recstream arms roll-back --pipeline ./shop.mjs`,
    )
  addReport(group)
  addShares(group)
  addPromote(group)
  addRollBack(group)
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
  $ npx recstream arms ./shop.mjs --days 10 --control myopic
  $ npx recstream arms --since 2026-01-31 --json`,
    )
    .action(async (pipeline: string | undefined, options: ReportOptions) => {
      const { reportArms } = await import('./arms/report.ts')
      await reportArms(connectionFrom(options), pipeline === undefined ? options : { ...options, pipeline })
    })
  withConnectionOptions(command)
}

function addShares(group: Command): void {
  const command = group
    .command('shares')
    .description(
      'Change what part of the users each arm gets; users move only to arms that get more, or from those that get less.',
    )
    .argument('<arm=share...>', 'every arm with its share, relative to the others; 0 takes it out', addShare)
  withGiving(command)
    .addHelpText('after', '\nExample:\n  $ npx recstream arms shares myopic=0.2 ddpg-la=0.8 --pipeline ./shop.mjs')
    .action(async (shares: Record<string, number>, options: CommandOptions) => {
      const { giveCommand } = await import('./arms/give-command.ts')
      await giveCommand({ kind: 'shares', shares, arm: null }, connectionFrom(options), options)
    })
}

function addPromote(group: Command): void {
  const command = group
    .command('promote')
    .description('Give an arm to everybody from now on.')
    .argument('<arm>', 'the arm’s name')
  withGiving(command)
    .addHelpText(
      'after',
      '\nExample:\n  $ npx recstream arms promote ddpg-la --pipeline ./shop.mjs --reason "ahead by 12%"',
    )
    .action(async (arm: string, options: CommandOptions) => {
      const { giveCommand } = await import('./arms/give-command.ts')
      await giveCommand({ kind: 'promote', shares: {}, arm }, connectionFrom(options), options)
    })
}

function addRollBack(group: Command): void {
  const command = group
    .command('roll-back')
    .description('Undo the newest command that is not undone yet; again undoes the one before it.')
  withGiving(command)
    .addHelpText('after', '\nExample:\n  $ npx recstream arms roll-back --pipeline ./shop.mjs --reason "complaints"')
    .action(async (options: CommandOptions) => {
      const { giveCommand } = await import('./arms/give-command.ts')
      await giveCommand({ kind: 'roll-back', shares: {}, arm: null }, connectionFrom(options), options)
    })
}

function withGiving(command: Command): Command {
  withCommonOptions(withPipelineOption(command), 'print the command and the shares as JSON')
  return withConnectionOptions(command.option('--reason <text>', 'why; it stands with the command and in the report'))
}

/** 'a=0.2' into what was given before it. */
function addShare(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [, arm, share] = /^([^=]+)=(.+)$/.exec(text) ?? []
  const value = Number(share)
  if (arm === undefined || !(Number.isFinite(value) && value >= 0)) {
    throw new InvalidArgumentError('It must be an arm and a share from 0, such as ddpg-la=0.8.')
  }
  if (Object.hasOwn(before, arm)) throw new InvalidArgumentError(`${arm} stands twice.`)
  return { ...before, [arm]: value }
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
