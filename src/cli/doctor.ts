import type { Command } from 'commander'
import { withCommonOptions, withPipelineOption } from './common-options.ts'
import { connectionFrom, withConnectionOptions } from './connection-options.ts'
import type { DoctorOptions } from './doctor/examine.ts'

export function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .summary('what is installed, what would run, what is wrong')
    .description('Say what is installed, what would run, and what is wrong and how to mend it.')
  withPipelineOption(command)
  withConnectionOptions(withCommonOptions(command, 'print the findings as one JSON object'))
    .addHelpText(
      'after',
      `
The exit code is 1 when something is wrong that keeps a pipeline from running; a warning is not.

Examples:
  $ npx recstream doctor
  $ npx recstream doctor --pipeline movielens --brokers 127.0.0.1:9092`,
    )
    .action(async (options: DoctorOptions) => {
      const { examine } = await import('./doctor/examine.ts')
      await examine(connectionFrom(options), options)
    })
}
