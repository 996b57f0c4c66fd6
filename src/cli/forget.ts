import type { Command } from 'commander'
import { RecstreamError } from '../errors.ts'
import { withCommonOptions, withPipelineOption } from './common-options.ts'
import { connectionFrom, withConnectionOptions } from './connection-options.ts'
import type { ForgetUserOptions } from './forget/forget-user.ts'

export function addForget(program: Command): void {
  const command = program
    .command('forget')
    .summary('remove a person from everything')
    .description(
      'Remove a person from everything: tables, lists, learner, checkpoints, snapshots, archive, dead letters, topics.',
    )
    .argument('[user]', 'the id of the person; ids that were merged with it are forgotten with it')
  withConnectionOptions(withCommonOptions(withPipelineOption(command), 'print the receipt as one JSON object'))
    .option('--key-lost', 'give up the key that people were forgotten under before, where it cannot be put back')
    .option('--reason <text>', 'why, in words; it stands with the command, so name nobody')
    .addHelpText(
      'after',
      `
The pipeline goes on meanwhile, and no replay and no rebuild brings the person back. What comes under the id afterwards is
somebody new's. It cannot be undone. The command stands on the topic <pipeline>.commands with a keyed hash of the id; the key
is the file forget.key in the pipeline's folder, or RECSTREAM_FORGET_KEY: keep a copy of it, as of a password.
On Kafka the input topics are yours: a tombstone deletes the profile, and the receipt names what events are left there.

Examples:
  $ npx recstream forget ann -p ./shop.mjs
  $ npx recstream forget ann -p ./shop.mjs --brokers kafka-1:9092 --json
  $ npx recstream forget --key-lost -p ./shop.mjs`,
    )
    .action(async (user: string | undefined, options: ForgetUserOptions & { keyLost?: true }) => {
      if ((user === undefined) !== (options.keyLost === true)) {
        throw new RecstreamError('CONFIG_INVALID', 'Give the id of the person, or --key-lost alone.')
      }
      const connection = connectionFrom(options)
      if (user === undefined) {
        const { giveUpKey } = await import('./forget/give-up-key.ts')
        await giveUpKey(connection, options)
      } else {
        const { forgetUser } = await import('./forget/forget-user.ts')
        await forgetUser(user, connection, options)
      }
    })
}
