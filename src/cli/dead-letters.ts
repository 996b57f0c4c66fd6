import { type Command, Option } from 'commander'
import { reasons } from '../records/reasons.ts'
import { wholeNumber, withCommonOptions, withPipelineOption } from './common-options.ts'
import { connectionFrom, withConnectionOptions } from './connection-options.ts'
import type { DeadLetterOptions } from './dead-letters/dead-letter-options.ts'
import type { ListOptions } from './dead-letters/list.ts'
import type { ReplayOptions } from './dead-letters/replay.ts'

const reasonOption = () => new Option('--reason <reason>', 'only those with this reason').choices(Object.keys(reasons))

export function addDeadLetters(program: Command): void {
  const group = program
    .command('dead-letters')
    .summary('list, show and replay rejected records')
    .description('Records that the pipeline rejected, each with its original bytes and the reason.')
    .addHelpText(
      'after',
      `
Examples:
  $ npx recstream dead-letters                          how many there are by reason, and the newest
  $ npx recstream dead-letters show 17                  all of one
  $ npx recstream dead-letters replay --reason unknown-behaviour --yes`,
    )
  addList(group)
  addShow(group)
  addReplay(group)
}

function addList(group: Command): void {
  const command = group
    .command('list', { isDefault: true })
    .description('Count dead letters by reason and list the newest.')
    .addOption(reasonOption())
    .option('--newest <count>', 'how many to list', wholeNumber(0, 10_000), 10)
  withShared(command)
    .addHelpText('after', '\nExample:\n  $ npx recstream dead-letters list --reason invalid --newest 3')
    .action(async (options: ListOptions) => {
      const { listDeadLetters } = await import('./dead-letters/list.ts')
      await listDeadLetters(connectionFrom(options), options)
    })
}

function addShow(group: Command): void {
  const command = group
    .command('show')
    .description('Show one dead letter: where it came from, why it was rejected, and its bytes.')
    .argument('<number>', 'its number, as `list` gives it', wholeNumber(1, Number.MAX_SAFE_INTEGER))
  withShared(command)
    .addHelpText('after', '\nExample:\n  $ npx recstream dead-letters show 17')
    .action(async (number: number, options: DeadLetterOptions) => {
      const { showDeadLetter } = await import('./dead-letters/show.ts')
      await showDeadLetter(number, connectionFrom(options), options)
    })
}

function addReplay(group: Command): void {
  const command = group
    .command('replay')
    .description('Send the original bytes to their topic again, once what was wrong with the pipeline is mended.')
    .addOption(reasonOption())
    .option('--yes', 'do it; without this it says what it would send')
  withShared(command)
    .addHelpText(
      'after',
      `
A record that is replayed carries the header recstream-replayed. One that is still not acceptable is rejected again.

Example:
  $ npx recstream dead-letters replay --reason unknown-behaviour --yes`,
    )
    .action(async (options: ReplayOptions) => {
      const { sendDeadLettersAgain } = await import('./dead-letters/replay.ts')
      await sendDeadLettersAgain(connectionFrom(options), options)
    })
}

function withShared(command: Command): Command {
  return withConnectionOptions(withCommonOptions(withPipelineOption(command), 'print JSON'))
}
