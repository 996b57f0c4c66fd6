import type { Command } from 'commander'
import { wholeNumber, withCommonOptions } from './common-options.ts'
import type { ExperimentOptions } from './experiment/run.ts'
import { seeds } from './seeds-option.ts'
import { collectSetting } from './settings-option.ts'
import { exchangeIntervals, learnerCounts } from './shards-options.ts'

export function addExperiment(program: Command): void {
  const command = program
    .command('experiment')
    .summary('measure policies against each other on a source')
    .description('Measure policies against each other on a source; without a name, list the experiments.')
    .argument('[name]', 'which experiment')
    .option('--source <folder>', 'folder to read (default: the one that the pipeline names)')
    .option('-p, --pipeline <pipeline>', 'name or module of the pipeline (default: the one that the experiment names)')
    .option('--seeds <numbers>', 'seeds of what is random', seeds, [1, 2, 3])
    .option('--policies <names>', 'only these policies, with commas between')
    .option(
      '--set <setting=value>',
      'change a setting of the pipeline, such as learn.gamma=0.9 (see recstream settings); repeatable',
      collectSetting,
      {},
    )
    .option('--learners <counts>', 'of shards: how many learners (default: 1,2,4)', learnerCounts)
    .option(
      '--exchange <events>',
      'of shards: events between two exchanges, or never (default: 1000,10000,never)',
      exchangeIntervals,
    )
    .option('--jobs <count>', 'trials at once, each in a process that holds the source', wholeNumber(1, 64), 1)
    .option('--output <folder>', 'where results lie (default: experiments/<name>-<source> in the data folder)')
    .option('--fresh', 'run finished trials again')
    .option('--write', "put the table into this checkout's docs/results")
  withCommonOptions(command, 'the last line on stdout is the result as JSON')
    .addHelpText(
      'after',
      `
A trial is one policy with one seed. Each is kept when it is finished, so that a run that was stopped goes on with the next
one when the same command is given again. Tables (Markdown), JSON and plots (SVG) lie in the output folder.

Examples:
  $ npx recstream experiment
  $ npx recstream experiment prequential --source ml-100k
  $ npx recstream experiment prequential --pipeline kuairand --seeds 1 --json
  $ npx recstream experiment shards --source ml-100k --learners 1,2 --exchange 1000,never
  $ npx recstream experiment per-user-80-20 --source ml-1m --seeds 1,2,3 --jobs 2`,
    )
    .action(async (name: string | undefined, options: ExperimentOptions) => {
      const { experiment, listExperiments } = await import('./experiment/run.ts')
      if (name === undefined) listExperiments(options)
      else await experiment(name, options)
    })
}
