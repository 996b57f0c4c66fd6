import type { Command } from 'commander'
import { withCommonOptions } from './common-options.ts'
import { connectionFrom, withConnectionOptions } from './connection-options.ts'
import type { ImportCommandOptions } from './import/import-once.ts'
import { collectSetting } from './settings-option.ts'

export function addImport(program: Command): void {
  const command = program
    .command('import')
    .summary("write a source's records to the input topics")
    .description("Write a source's profiles, items and events to the pipeline's input topics, each once.")
    .argument('<pipeline>', 'name or module of the pipeline')
    .option('--source <folder>', 'folder to import from (default: the one that the pipeline names)')
    .option(
      '--set <setting=value>',
      'change a setting of the pipeline, such as partitions=4 (see recstream settings); repeatable',
      collectSetting,
      {},
    )
  withConnectionOptions(withCommonOptions(command, 'print what the topics hold now as one JSON object'))
    .addHelpText(
      'after',
      `
Interrupted and run again, it goes on after the last record that the topics hold. \`start\` imports by itself; use this
to fill a Kafka that pipelines elsewhere read from.

Example:
  $ npx recstream import movielens --source ml-100k --brokers 127.0.0.1:9092`,
    )
    .action(async (pipeline: string, options: ImportCommandOptions) => {
      const { importOnce } = await import('./import/import-once.ts')
      await importOnce(pipeline, connectionFrom(options), options)
    })
}
