import type { Command } from 'commander'
import { withCommonOptions, withPipelineOption } from './common-options.ts'
import { connectionFrom, withConnectionOptions } from './connection-options.ts'
import type { MergeOptions } from './merge/merge-users.ts'

export function addMerge(program: Command): void {
  const command = program
    .command('merge')
    .summary('say that two users are one, as after a login')
    .description('Say that somebody who was not known is a known user: what both did is one person’s from then on.')
    .argument('<unknown>', 'the id of whoever was not known, such as a cookie’s')
    .argument('<known>', 'the id of the user that it was')
  withConnectionOptions(withCommonOptions(withPipelineOption(command), 'print the command as one JSON object'))
    .option('--reason <text>', 'why, in words; it stands with the command')
    .addHelpText(
      'after',
      `
What the first one took is known of the second with the next events, nothing that either may not see again is shown, and
later events of the first id are the second's. It cannot be undone. Services give the command themselves, on the topic
<pipeline>.commands: {"commandId":"…","kind":"merge","fromUser":"cookie-17","toUser":"ann","time":1767225600000}

Examples:
  $ npx recstream merge cookie-17 ann -p ./shop.mjs
  $ npx recstream merge cookie-17 ann -p ./shop.mjs --brokers kafka-1:9092 --reason login`,
    )
    .action(async (unknown: string, known: string, options: MergeOptions) => {
      const { mergeUsers } = await import('./merge/merge-users.ts')
      await mergeUsers({ fromUser: unknown, toUser: known }, connectionFrom(options), options)
    })
}
