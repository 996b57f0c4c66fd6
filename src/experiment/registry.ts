import { RecstreamError } from '../errors.ts'
import { nearest } from '../pipeline/settings.ts'
import type { Experiment } from './experiment.ts'
import { prequential } from './prequential.ts'

/** Every experiment, in the order in which they are listed. */
export const experiments: readonly Experiment[] = [prequential]

/** An experiment by its name; an unknown one is CONFIG_INVALID with the nearest names. */
export function findExperiment(name: string): Experiment {
  const found = experiments.find(each => each.name === name)
  if (found !== undefined) return found
  const names = experiments.map(each => each.name)
  throw new RecstreamError(
    'CONFIG_INVALID',
    `There is no experiment "${name}"; the nearest are ${nearest(name, names).join(', ')}, and \`recstream experiment\` lists all.`,
  )
}
