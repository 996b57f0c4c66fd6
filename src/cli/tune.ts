import { type Command, InvalidArgumentError, Option } from 'commander'
import { wholeNumber, withCommonOptions } from './common-options.ts'
import { collectSetting } from './settings-option.ts'
import type { TuneOptions } from './tune/run.ts'

export function addTune(program: Command): void {
  const command = program
    .command('tune')
    .summary('search the options of an agent that plans')
    .description(
      'Search the options of an agent that plans: on simulated people, or with --pipeline on the log of its source.',
    )
    .argument('<agent>', 'which agent, such as dqn, ddpg-la or q-learning')
    .option('--world <name>', 'world of the simulated people', 'saturating')
    .option('-p, --pipeline <pipeline>', "name or module of a pipeline: its source's log is learned from instead")
    .option('--source <folder>', "folder of the pipeline's source, or of ratings that the world's people are made from")
    .addOption(
      new Option('--strategy <name>', 'how options are searched')
        .choices(['halving', 'random', 'grid'])
        .default('halving'),
    )
    .option('--trials <count>', 'options to try, the defaults among them', wholeNumber(1, 10_000), 18)
    .option('--points <count>', 'values of a range in a grid', wholeNumber(1, 100), 3)
    .option(
      '--space <option=values>',
      'search this option, such as gamma=0.9,0.95 or rate=1e-4..1e-2; repeatable',
      list,
    )
    .option('--option <option=value>', 'the same in every trial, such as gamma=0.95; repeatable', collectSetting, {})
    .option(
      '--set <setting=value>',
      'change a setting of the pipeline (see recstream settings); repeatable',
      collectSetting,
      {},
    )
    .option('--seed <number>', 'of the search, the agents and the world', wholeNumber(0, 2 ** 32 - 1), 1)
    .option(
      '--steps <count>',
      'events an agent learns from, at most: shown in a world, or the latest of a log',
      wholeNumber(1, 1e9),
      30_000,
    )
    .option('--people <count>', 'people it is then followed over', wholeNumber(1, 1_000_000), 64)
    .option('--ranked <count>', 'picks that are ranked in each part of a log, at most', wholeNumber(1, 1e9), 2_000)
    .option('--jobs <count>', 'trials at once, each in a process', wholeNumber(1, 64), 1)
    .option('--output <folder>', 'where results lie (default: tuning/<agent>-<problem> in the data folder)')
    .option('--fresh', 'run finished trials again')
  withCommonOptions(command, 'the last line on stdout is the result as JSON')
    .addHelpText(
      'after',
      `
A trial is one set of options with which a new agent learns and then chooses without exploring. On simulated people it learns
first, is compared on fresh people, and the best is tested once on others. On a log, in order of time, it learns from the first
60% of events, is compared on the next 20% by how it ranks what is picked next, and the best is tested on the last 20%.

"halving" begins with all trials and a ninth of what there is to learn from; a third goes on with three times as much, twice.
Each trial is kept when it is finished: stopped, the same command goes on with the next, and more --trials add to those there
are. Tables (Markdown), JSON and plots (SVG) lie in the output folder.

Examples:
  $ npx recstream settings dqn                      its options, what is allowed, what they are
  $ npx recstream tune dqn
  $ npx recstream tune ddpg-la --strategy random --trials 30 --steps 60000 --jobs 2
  $ npx recstream tune q-learning --strategy grid --space gamma=0.8,0.9,0.95 --space itemClusters=6..24 --json
  $ npx recstream tune dqn --pipeline movielens --source ml-100k --option gamma=0`,
    )
    .action(async (agent: string, options: TuneOptions) => {
      const { tune } = await import('./tune/run.ts')
      await tune(agent, options)
    })
}

function list(text: string, before: string[] = []): string[] {
  if (text.includes('=')) return [...before, text]
  throw new InvalidArgumentError('Give an option and its values, such as gamma=0.9,0.95.')
}
