import type { Command } from 'commander'
import { withCommonOptions, withPipelineOption } from './common-options.ts'
import { connectionFrom, withConnectionOptions } from './connection-options.ts'
import type { DoctorOptions } from './doctor/examine.ts'
import { collectSetting } from './settings-option.ts'

export function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .summary('what is installed, what would run, what is wrong')
    .description('Say what is installed, what would run, and what is wrong and how to mend it.')
  withPipelineOption(command).option(
    '--set <setting=value>',
    "with --brokers: a setting that the pipeline's topics are compared with, such as partitions=4; repeatable",
    collectSetting,
    {},
  )
  withConnectionOptions(withCommonOptions(command, 'print the findings as one JSON object'))
    .addHelpText(
      'after',
      `
With --brokers each of these is tried, with the time that it took: to connect to each bootstrap address, and to each
broker at the address that it names itself; which Kafka it is; and for each pipeline to see its topics, or to make the
missing ones (asked for, none is made), a transaction over all of them (under the id <pipeline>.doctor, with no record
in it, aborted: it takes an offset in each that no consumer sees), whether its own transactional ids may be used, to read,
and to tell positions of its groups (none is told). No topic, record or position is left behind.

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
