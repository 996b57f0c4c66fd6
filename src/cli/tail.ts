import type { Command } from 'commander'
import { wholeNumber, withCommonOptions, withPipelineOption } from './common-options.ts'
import { connectionFrom, withConnectionOptions } from './connection-options.ts'
import type { TailOptions } from './tail/tail-topic.ts'

export function addTail(program: Command): void {
  const command = program
    .command('tail')
    .summary('print a topic, decoded, as JSON lines')
    .description('Print the records of a topic, decoded, as JSON lines.')
    .argument('<topic>', 'its role, such as recommendations, or its full name')
  withPipelineOption(command)
    .option('--from <where>', 'beginning, end, or an offset (default: beginning; with --follow: end)')
    .option('-f, --follow', 'go on with what comes, until Ctrl-C')
    .option('-n, --limit <lines>', 'stop after this many lines', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--record', "wrap each value with its record's partition, offset, timestamp and key")
  withConnectionOptions(withCommonOptions(command, 'JSON lines are what it prints anyway; errors become JSON too'))
    .addHelpText(
      'after',
      `
Topics: behaviour-events, user-profiles, items, interest-sequences, recommendations, model-versions, commands, dead-letters;
of a pipeline of several parts block-order.
A record that cannot be decoded is named on stderr and passed over.

Examples:
  $ npx recstream tail recommendations --follow
  $ npx recstream tail movielens.behaviour-events --brokers 127.0.0.1:9092 --limit 5
  $ npx recstream tail dead-letters --from beginning | jq .reason`,
    )
    .action(async (topic: string, options: TailOptions) => {
      const { tail } = await import('./tail/tail-topic.ts')
      await tail(topic, connectionFrom(options), options)
    })
}
