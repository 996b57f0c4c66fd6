import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Shard } from '../records/part.ts'
import { backendOption } from './backend-option.ts'
import { wholeNumber, withCommonOptions } from './common-options.ts'
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
    .addOption(
      new Option('--shards <n>', 'processes that share the parts of ingest (setting parts)')
        .argParser(wholeNumber(1, 256))
        .conflicts('shard'),
    )
    .addOption(
      new Option(
        '--role <role>',
        'run this alone, and the others elsewhere: ingest, or learn with its service',
      ).choices(['ingest', 'learn']),
    )
    .addOption(
      new Option('--shard <i/n>', 'with --role ingest: the parts of shard i of n alone, from 0/n').argParser(shardFrom),
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

A pipeline that began with --set parts=4 (and partitions a multiple of that) can have its ingest in up to four processes: --shards 4
here, or --role ingest --shard 0/4 to 3/4 on any hosts, on Kafka, with --role learn on one. Another number may be given at any start:
\`recstream shards\` says which parts move. Each part is one process's at a time; who comes later shuts out who was before.

Examples:
  $ npx recstream start kuairand --until-idle
  $ npx recstream start ./shop.mjs --no-import --http 127.0.0.1:8080
  $ npx recstream start movielens --source ml-100k --until-idle --json
  $ npx recstream start ./shop.mjs --set parts=4 --set partitions=8 --shards 2
  $ npx recstream start ./shop.mjs --set parts=4 --set partitions=8 --role ingest --shard 1/4 --brokers kafka-1:9092
  $ npx recstream start ./shop.mjs --brokers kafka-1:9092,kafka-2:9092 --ssl --sasl scram-sha-512 --sasl-username shop`,
    )
    .action(async (pipeline: string, options: StartCommandOptions) => {
      const { start } = await import('./start/start-pipeline.ts')
      await start(pipeline, connectionFrom(options), options)
    })
}

/** "1/4" as shard 1 of 4. */
function shardFrom(text: string): Shard {
  const [, shard, of] = /^(\d{1,3})\/(\d{1,3})$/.exec(text)?.map(Number) ?? []
  if (shard === undefined || of === undefined || shard >= of)
    throw new InvalidArgumentError('Give i/n, such as 0/4 to 3/4.')
  return { shard, of }
}
