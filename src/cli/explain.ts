import type { Command } from 'commander'
import { backendOption } from './backend-option.ts'
import { wholeNumber, withCommonOptions, withPipelineOption } from './common-options.ts'
import { connectionFrom, withConnectionOptions } from './connection-options.ts'
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
  withCommonOptions(withConnectionOptions(withPipelineOption(command)), 'print the explanation as one JSON object')
    .addHelpText(
      'after',
      `
The list is the newest one that was published, made again as it was made: what came between the checkpoint before it and
itself is learned from again, which takes some seconds. Where no checkpoint before it is kept (learn.checkpointsKept) and
the log is long, it is explained as things stand now, and that is said. Nothing is changed; the pipeline may run meanwhile.

Examples:
  $ npx recstream explain 5417
  $ npx recstream explain 5417 --items 1 --json
  $ npx recstream explain 5417 -p shop --brokers kafka:9092`,
    )
    .action(async (user: string, options: ExplainOptions) => {
      const { explainUser } = await import('./explain/explain-user.ts')
      await explainUser(user, connectionFrom(options), options)
    })
}
