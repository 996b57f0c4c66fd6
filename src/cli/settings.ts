import type { Command } from 'commander'
import { withCommonOptions } from './common-options.ts'

export function addSettings(program: Command): void {
  const command = program
    .command('settings')
    .summary('list the settings of pipelines, or the options of an agent')
    .description(
      "List settings with their defaults and what is allowed: all, a group's, one, or the options of an agent.",
    )
    .argument('[name]', 'a group such as learn, a setting such as learn.seed, or an agent such as dqn')
  withCommonOptions(command, 'print JSON, a line for each')
    .addHelpText(
      'after',
      `
A setting stands in the pipeline's definition or is given as --set learn.seed=7; an option of an agent stands in its arm, in
--policies dqn:gamma=0.9 of simulate, or in --option gamma=0.9 of tune.

Examples:
  $ npx recstream settings
  $ npx recstream settings recommend
  $ npx recstream settings dqn --json`,
    )
    .action(async (name: string | undefined, options: { json?: true }) => {
      const { listSettings } = await import('./settings/list.ts')
      await listSettings(name, options)
    })
}
