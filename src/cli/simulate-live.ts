import { type Command, InvalidArgumentError } from 'commander'
import { backendOption } from './backend-option.ts'
import { wholeNumber, withCommonOptions } from './common-options.ts'
import { connectionFrom, withConnectionOptions } from './connection-options.ts'
import { collectSetting } from './settings-option.ts'
import type { LiveCommandOptions } from './simulate/live.ts'

/** `simulate live`: the same people as users of a running pipeline. */
export function addLive(simulate: Command): void {
  const command = simulate
    .command('live')
    .summary('let simulated people use a pipeline, over its topics')
    .description(
      'Run a pipeline with simulated people as its users: they write profiles and events to its topics and look at its lists.',
    )
    .argument('[pipeline]', 'simulated, ecommerce, livestream, or a module with `simulate`', 'simulated')
    .option(
      '--arms <name=share,…>',
      'policies that compete, such as myopic=0.5,ddpg-la=0.5 (default: those of the pipeline)',
    )
    .option(
      '--people <count>',
      'people side by side; whose days are over is followed by somebody else',
      wholeNumber(1, 100_000),
      256,
    )
    .option('--stay <days>', "how long each stays (default: the world's, 10)", days)
    .option('--steps <count>', 'end after so many items shown, earlier runs included', wholeNumber(1, 1e9), 60_000)
    .option('--days <days>', 'end after so many simulated days', days)
    .option('--seed <number>', 'of the people', wholeNumber(0, 2 ** 31 - 1), 1)
    .option('--world <name>', 'saturating, full, no-bait or static', 'saturating')
    .option(
      '--source <folder>',
      'folder of MovieLens 100K whose people and films to take (default: as many are made up)',
    )
    .option('--attach', 'start nothing: the pipeline runs already on this log')
    .option(
      '--set <setting=value>',
      'change a setting of the pipeline, such as learn.seed=7 (see recstream settings); repeatable',
      collectSetting,
      {},
    )
    .addOption(backendOption())
  withConnectionOptions(withCommonOptions(command, 'the last line on stdout is the result as JSON'))
    .addHelpText(
      'after',
      `
In a round everybody who looks within a day of the next one is shown the first item of the newest list; the next round begins
when the lists for all of that are there. The same seed gives the same people and lists on any log. Ctrl-C stops between two
rounds; the same command goes on from what the topics hold.

Examples:
  $ npx recstream simulate live --arms myopic=0.5,ddpg-la=0.5 --steps 150000 --stay 5
  $ npx recstream arms -p simulated --days 5          who is ahead, from the warehouse alone
  $ npx recstream simulate live --brokers 127.0.0.1:9092 --json
  $ npx recstream simulate live ecommerce --people 64 --days 3`,
    )
    .action(async (pipeline: string, options: LiveCommandOptions) => {
      const { simulateLive } = await import('./simulate/live.ts')
      await simulateLive(pipeline, connectionFrom(options), options)
    })
}

function days(text: string): number {
  const value = Number(text)
  if (value >= 0.01 && value <= 3650) return value
  throw new InvalidArgumentError('It must be a number of days from 0.01 to 3,650.')
}
