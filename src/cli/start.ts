import type { Command } from 'commander'
import { backendOption } from './backend-option.ts'
import { withCommonOptions } from './common-options.ts'
import { connectionFrom, withConnectionOptions } from './connection-options.ts'
import { withHttpOptions } from './http-options.ts'
import { collectSetting } from './settings-option.ts'
import type { StartCommandOptions } from './start/start-pipeline.ts'

export function addStart(program: Command): void {
  const command = program
    .command('start')
    .summary('run a pipeline: events in, lists out')
    .description('Run a pipeline: import its source, ingest events, learn from them, publish lists.')
    .argument('<pipeline>', 'kuairand, movielens, generated, or the path of a module that exports one')
    .option('--source <folder>', 'folder to import from (default: the one that the pipeline names)')
    .option('--until-idle', 'end once everything that is there has been worked on, with a summary')
    .option('--no-import', 'import nothing: the events come from elsewhere, `recstream send` for one')
    .option('--skip-lost', 'go on where retention removed records before they were read, and say how many')
    .option(
      '--set <setting=value>',
      'change a setting of the pipeline, such as learn.seed=7 (see recstream settings); repeatable',
      collectSetting,
      {},
    )
    .addOption(backendOption())
  const common = withCommonOptions(command, 'with --until-idle, the last line on stdout is the summary as JSON')
  withConnectionOptions(withHttpOptions(common).option('--no-http', 'answer no requests'))
    .addHelpText(
      'after',
      `
Progress is on stderr. Everything lies under the data folder; started again, it goes on from there. Ctrl-C stops in good
order, a second Ctrl-C at once; neither loses what was committed. Requests are answered on 127.0.0.1:8080, or another free port,
which is said; with --until-idle only where --http says where.

Examples:
  $ npx recstream start kuairand --until-idle
  $ npx recstream start ./shop.mjs --no-import --http 127.0.0.1:8080
  $ npx recstream start movielens --source ml-100k --until-idle --json
  $ npx recstream start ./shop.mjs --brokers kafka-1:9092,kafka-2:9092 --ssl --sasl scram-sha-512 --sasl-username shop`,
    )
    .action(async (pipeline: string, options: StartCommandOptions) => {
      const { start } = await import('./start/start-pipeline.ts')
      await start(pipeline, connectionFrom(options), options)
    })
}
