import type { Command } from 'commander'
import { newestVersion } from '../records/command.ts'
import { wholeNumber, withCommonOptions, withPipelineOption } from './common-options.ts'
import { connectionFrom, withConnectionOptions } from './connection-options.ts'
import type { CompareOptions } from './models/compare.ts'
import type { ExportOptions } from './models/export.ts'
import type { WeightsOptions } from './models/give-weights.ts'
import type { ListOptions } from './models/list.ts'

const version = wholeNumber(0, newestVersion)

export function addModels(program: Command): void {
  const group = program
    .command('models')
    .summary('list, compare, roll back, export and import model versions')
    .description('Model versions: how each scored, what changed between two, and their weights as a file.')
    .addHelpText(
      'after',
      `
A version is named by the number of events that it has learned from.

Examples:
  $ npx recstream models                          the newest versions with their scores
  $ npx recstream models compare 40000 70000      two side by side
  $ npx recstream models roll-back 40000          the networks go on from version 40,000
  $ npx recstream models export --output actor.safetensors
  $ npx recstream models import actor.safetensors`,
    )
  addList(group)
  addCompare(group)
  addExport(group)
  addRollBack(group)
  addImport(group)
}

function addList(group: Command): void {
  withShared(
    group
      .command('list', { isDefault: true })
      .description('List the newest versions, each with the score of every policy so far.')
      .option('--newest <count>', 'how many', wholeNumber(1, 10_000), 10),
  )
    .addHelpText('after', '\nExample:\n  $ npx recstream models list --newest 3')
    .action(async (options: ListOptions) => {
      const { listModels } = await import('./models/list.ts')
      await listModels(options)
    })
}

function addCompare(group: Command): void {
  withShared(
    group
      .command('compare')
      .description(
        'Show the scores of two versions side by side and, where both checkpoints are kept, how far weights moved.',
      )
      .argument('<first>', 'a version, as `list` gives it', version)
      .argument('<second>', 'another', version),
  )
    .addHelpText('after', '\nExample:\n  $ npx recstream models compare 40000 70000')
    .action(async (first: number, second: number, options: CompareOptions) => {
      const { compareModels } = await import('./models/compare.ts')
      await compareModels(first, second, options)
    })
}

function addExport(group: Command): void {
  withShared(
    group
      .command('export')
      .description('Write the weights of a kept checkpoint’s networks as safetensors: float32, with names and shapes.')
      .argument('[version]', 'which version (default: the newest checkpoint)', version)
      .option('--output <file>', 'where to (default: <pipeline>-<version>.safetensors)'),
  )
    .addHelpText('after', '\nExample:\n  $ npx recstream models export --output actor.safetensors')
    .action(async (chosen: number | undefined, options: ExportOptions) => {
      const { exportModel } = await import('./models/export.ts')
      await exportModel(chosen, options)
    })
}

function addRollBack(group: Command): void {
  withGiving(
    group
      .command('roll-back')
      .description('Let the networks go on from the weights of a version before; all else that was learned stays.')
      .argument('<version>', 'the version; the newest checkpoint up to it is taken', version),
  )
    .addHelpText(
      'after',
      `
The command goes through the log, while the pipeline runs or before it starts, and the weights with it: a replay gives the same
learner again.

Example:
  $ npx recstream models roll-back 60000 --reason "the feed was broken since"`,
    )
    .action(async (chosen: number, options: WeightsOptions) => {
      const { rollBackModel } = await import('./models/roll-back.ts')
      await rollBackModel(chosen, connectionFrom(options), options)
    })
}

function addImport(group: Command): void {
  withGiving(
    group
      .command('import')
      .description('Let the networks go on from exported weights; all else that was learned stays.')
      .argument('<file>', 'a file that `export` wrote'),
  )
    .addHelpText(
      'after',
      `
The weights go through the log, as a roll-back does.

Example:
  $ npx recstream models import actor.safetensors`,
    )
    .action(async (file: string, options: WeightsOptions) => {
      const { importModel } = await import('./models/import.ts')
      await importModel(file, connectionFrom(options), options)
    })
}

function withGiving(command: Command): Command {
  withShared(command).option('--reason <text>', 'why, for those who look at it later')
  return withConnectionOptions(command)
}

function withShared(command: Command): Command {
  return withCommonOptions(withPipelineOption(command), 'print JSON')
}
