import type { Command } from 'commander'
import { wholeNumber, withCommonOptions, withPipelineOption } from './common-options.ts'
import { connectionFrom, withConnectionOptions } from './connection-options.ts'
import { collectSetting } from './settings-option.ts'
import type { TopicsOptions } from './topics/compare.ts'

export function addTopics(program: Command): void {
  const command = program
    .command('topics')
    .summary('compare the topics of a pipeline with what it needs, or print the commands that make them')
    .description(
      'List the topics of a pipeline beside what it needs, with what is wrong and what mends it; or print the commands that make them.',
    )
  withPipelineOption(command)
    .option('--print', "print commands of Kafka's own tools that make and set the topics; connects to nothing")
    .option(
      '--replication-factor <n>',
      "with --print: copies of each partition (default: the cluster's own)",
      wholeNumber(1, 32_767),
    )
    .option('--command-config <file>', "with --print: the file that says how Kafka's tools log in")
    .option('--old-brokers', 'with --print: for brokers before Kafka 3.6, which lack some settings')
    .option(
      '--set <setting=value>',
      'change a setting of the pipeline, such as partitions=4 (see recstream settings); repeatable',
      collectSetting,
      {},
    )
  withConnectionOptions(withCommonOptions(command, 'print JSON, a line for each topic'))
    .addHelpText(
      'after',
      `
The exit code is 1 when a topic would lose or refuse records; \`start\` refuses it too. Topics that are missing are made
by \`start\`. Where a client may make none, give somebody who may what --print prints; it can be run again. In Apache's
own download the tools end in .sh.

Examples:
  $ npx recstream topics -p movielens --brokers kafka-1:9092
  $ npx recstream topics -p movielens --brokers kafka-1:9092 --print --replication-factor 3 --set partitions=8`,
    )
    .action(async (options: TopicsOptions) => {
      const connection = connectionFrom(options)
      if (options.print) {
        const { printCommands } = await import('./topics/print-commands.ts')
        await printCommands(connection, options)
      } else {
        const { compareTopics } = await import('./topics/compare.ts')
        await compareTopics(connection, options)
      }
    })
}
