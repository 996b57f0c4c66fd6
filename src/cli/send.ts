import { type Command, Option } from 'commander'
import { withCommonOptions, withPipelineOption } from './common-options.ts'
import { connectionFrom, withConnectionOptions } from './connection-options.ts'
import type { SendOptions } from './send/send-lines.ts'

export function addSend(program: Command): void {
  const command = program
    .command('send')
    .summary('send JSON lines from stdin to an input topic')
    .description('Send JSON lines from stdin to an input topic, each checked before it goes; its id is the key.')
    .argument('<topic>', 'behaviour-events, user-profiles or items')
  withPipelineOption(command)
    .option('--tombstone <id>', 'delete the profile or item of this id instead of reading stdin; repeatable', collect)
    .addOption(
      new Option('--record-time <which>', "the record's own timestamp: the time of sending, or the event's")
        .choices(['now', 'event'])
        .default('now'),
    )
    .option('--skip-invalid', 'send the good lines and exit with 0 in spite of bad ones')
  withConnectionOptions(withCommonOptions(command, 'print what was sent as one JSON object'))
    .addHelpText(
      'after',
      `
Bad lines are named on stderr and left out; the good ones are sent, and the exit code is 1 unless --skip-invalid.

Examples:
  $ echo '{"userId":"7","itemId":"42","behaviour":"rate","value":5,"time":1735689600000}' |
      npx recstream send behaviour-events --pipeline movielens
  $ npx recstream send items --pipeline shop --brokers 127.0.0.1:9092 < items.jsonl
  $ npx recstream send user-profiles --pipeline shop --tombstone user-17`,
    )
    .action(async (topic: string, options: SendOptions) => {
      const { send } = await import('./send/send-lines.ts')
      await send(topic, connectionFrom(options), options)
    })
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}
