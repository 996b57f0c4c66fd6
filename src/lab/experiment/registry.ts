import { RecstreamError } from '../../errors.ts'
import { nearest } from '../../settings/nearest.ts'
import { ablations } from './ablations.ts'
import { coldStart } from './cold-start.ts'
import { convergence } from './convergence.ts'
import { cost } from './cost.ts'
import type { Experiment } from './experiment.ts'
import { gamma } from './gamma.ts'
import { leaveOneOut } from './leave-one-out.ts'
import { nextItem } from './next-item.ts'
import { paperMl1m } from './paper-ml-1m.ts'
import { paperMl100k } from './paper-ml-100k.ts'
import { perUser8020 } from './per-user-80-20.ts'
import { prequential } from './prequential.ts'
import { served } from './served/served.ts'
import { shards } from './shards/shards.ts'

/** Every experiment, in the order in which they are listed. */
export const experiments: readonly Experiment[] = [
  prequential,
  perUser8020,
  leaveOneOut,
  nextItem,
  served,
  coldStart,
  cost,
  shards,
  paperMl100k,
  paperMl1m,
  ablations,
  gamma,
  convergence,
]

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
