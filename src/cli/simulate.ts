import type { Command } from 'commander'
import { wholeNumber, withCommonOptions } from './common-options.ts'
import { seeds } from './seeds-option.ts'
import { collectSetting } from './settings-option.ts'
import type { SimulateOptions } from './simulate/run.ts'
import { addLive } from './simulate-live.ts'

const usualPolicies =
  'random,popularity,rating,fixed-fatigue,myopic,q-learning,dqn,a3c,ddpg-la,oracle-myopic,oracle-index'

export function addSimulate(program: Command): void {
  const command = program
    .command('simulate')
    .summary('let policies compete for simulated people who react')
    .description(
      'Let policies learn from simulated people, who tire of what they see, leave and return, and follow fresh people under each.',
    )
    .option('--policies <names>', 'policies, with commas between and options behind colons', usualPolicies)
    .option('--world <name>', 'saturating, full, no-bait or static', 'saturating')
    .option('--seeds <numbers>', 'how many seeds, or which, with commas between', countOrSeeds, [1, 2, 3])
    .option('--steps <count>', 'items shown in training, over all people', wholeNumber(1, 1e9), 60_000)
    .option('--people <count>', 'people side by side in training', wholeNumber(1, 100_000), 64)
    .option('--follow <count>', 'fresh people whom a result is taken from', wholeNumber(1, 1_000_000), 256)
    .option(
      '--gate <count>',
      'people by whom the best of six states of an agent is kept; 0: the last',
      wholeNumber(0, 1_000_000),
      128,
    )
    .option(
      '--source <folder>',
      'folder of MovieLens 100K whose people and films to take (default: as many are made up)',
    )
    .option(
      '--set <policy.option=value>',
      'an option of a policy, such as dqn.gamma=0.9; repeatable',
      collectSetting,
      {},
    )
    .option('--jobs <count>', 'trials at once, each in a process', wholeNumber(1, 64), 1)
    .option('--output <folder>', 'where results lie (default: simulations/<world>-<source> in the data folder)')
    .option('--fresh', 'run finished trials again')
    .option('--write', "put the table into this checkout's docs/results")
  withCommonOptions(command, 'the last line on stdout is the result as JSON')
    .addHelpText(
      'after',
      `
One step is one item shown to one person; reward is the share watched, counted a user-day over the ten days that each person
stays. Regret is the distance to an oracle that knows everybody's mood. A trial is one policy with one seed; each is kept when
it is finished, so that a run that was stopped goes on with the next one when the same command is given again.

Examples:
  $ npx recstream simulate
  $ npx recstream simulate --policies random,myopic,ddpg-la --seeds 3 --json
  $ npx recstream simulate --policies ddpg-la,ddpg-la:action=step,ddpg-la:action=step:long=rlstm --jobs 2
  $ npx recstream simulate --policies dqn --set dqn.gamma=0.9 --seeds 7,8 --world static
  $ npx recstream simulate --policies rating,fixed-fatigue,fixed-fatigue:pace=4,ddpg-la,ddpg-la:pace=4
  $ npx recstream simulate --source ml-100k --follow 512
  $ npx recstream settings ddpg-la                  its options, with what is allowed
  $ npx recstream simulate live --help              the same people as users of a running pipeline`,
    )
    .action(async (options: SimulateOptions) => {
      const { simulate } = await import('./simulate/run.ts')
      await simulate(options)
    })
  addLive(command.enablePositionalOptions())
}

/** One small number says how many seeds, 1 … n; several are the seeds themselves. */
function countOrSeeds(text: string): number[] {
  const count = /^\d{1,3}$/.test(text.trim()) ? Number(text) : 0
  return count > 0 ? Array.from({ length: count }, (_, at) => at + 1) : seeds(text)
}
