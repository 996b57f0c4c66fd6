import type { Command } from 'commander'
import { wholeNumber, withCommonOptions } from './common-options.ts'
import { collectSetting } from './settings-option.ts'
import type { ShardsOptions } from './shards/moves-text.ts'

export function addShards(program: Command): void {
  const command = program
    .command('shards')
    .summary('say which parts of ingest move when it is run by another number of processes')
    .description('Say which parts of ingest move between its processes, and what to do, when their number changes.')
    .argument('<pipeline>', 'kuairand, movielens, generated, or the path of a module that exports one')
    .requiredOption('--from <n>', 'how many processes it is run by', wholeNumber(1, 256))
    .requiredOption('--to <n>', 'how many it is to be run by', wholeNumber(1, 256))
    .option('--set <setting=value>', 'a setting that `start` is given, such as parts=4; repeatable', collectSetting, {})
  withCommonOptions(command, 'print JSON, a line for each part')
    .addHelpText(
      'after',
      `
Nothing is changed: the change is made by starting the processes with other numbers. A part is run by one process at a time; where its
tables are not at hand they are built again from the log, to the row, as after a loss of the folder.

Examples:
  $ npx recstream shards ./shop.mjs --set parts=4 --set partitions=8 --from 2 --to 4
  $ npx recstream shards ./shop.mjs --set parts=4 --set partitions=8 --from 4 --to 3 --json`,
    )
    .action(async (pipeline: string, options: ShardsOptions) => {
      const { sayMoves } = await import('./shards/moves-text.ts')
      await sayMoves(pipeline, options)
    })
}
