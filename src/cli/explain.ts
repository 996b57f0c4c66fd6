import type { Command } from 'commander'
import { backendOption } from './backend-option.ts'
import { wholeNumber, withCommonOptions, withPipelineOption } from './common-options.ts'
import type { ExplainOptions } from './explain/explain-user.ts'
import { collectSetting } from './settings-option.ts'

export function addExplain(program: Command): void {
  const command = program
    .command('explain')
    .summary('say why a user’s list is what it is')
    .description('Say why a user’s newest list is what it is: past items, features, and how certain the model is.')
    .argument('<user>', 'the user’s id')
    .option('--items <count>', 'how many of the list', wholeNumber(1, 200), 5)
    .option('--set <setting=value>', 'a setting that the pipeline was started with; repeatable', collectSetting, {})
    .addOption(backendOption())
  withCommonOptions(withPipelineOption(command), 'print the explanation as one JSON object')
    .addHelpText(
      'after',
      `
The list is the newest one that was published; the reasons are those of the newest checkpoint, which may have learned a
little more or a little less than the model that made the list. Nothing is changed, and the pipeline may run meanwhile.

Examples:
  $ npx recstream explain 5417
  $ npx recstream explain 5417 --items 1 --json`,
    )
    .action(async (user: string, options: ExplainOptions) => {
      const { explainUser } = await import('./explain/explain-user.ts')
      await explainUser(user, options)
    })
}
