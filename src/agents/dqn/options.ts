import { choice, defaultsOf, integer, number, type ValuesOf } from '../../settings/field.ts'
import { usedWhere } from '../option-use.ts'
import { explorationOptions, farSighted, interestOptions, learningRate, replayOptions } from '../options.ts'

/** What can be set of DQN. */
export const dqnOptions = {
  ...interestOptions(0.95),
  ...replayOptions,
  ...usedWhere(farSighted, { exclude: replayOptions.exclude }),
  rate: learningRate(1e-3, ''),
  double: choice(
    true,
    [true, false],
    'whether the online network chooses the next item and the target network values it (Double DQN, van Hasselt et al. 2016)',
    { use: farSighted },
  ),
  targetRate: number(
    0.01,
    [0, 1],
    'a share',
    'share by which the target network follows at every update; 0: it is copied by targetPeriod',
    { search: [0, 0.005, 0.01, 0.02], use: farSighted },
  ),
  targetPeriod: integer(
    200,
    [1, 1_000_000],
    'updates',
    'updates between copies of the target network, where targetRate is 0',
    { log: true, search: { min: 20, max: 400 }, use: { only: { targetRate: [0] }, ...farSighted } },
  ),
  priority: number(
    0,
    [0, 1],
    'an exponent',
    'exponent of |error| by which transitions are drawn (prioritised replay, Schaul et al. 2016); 0: all alike',
  ),
  priorityBias: number(0.4, [0, 1], 'a share', 'how much of the bias of prioritised replay is weighed back', {
    use: { unless: { priority: 0 } },
  }),
  epsilon: explorationOptions('share of items at random', { from: 1, to: 0.05, steps: 12_000 }),
}
export type DqnOptions = ValuesOf<typeof dqnOptions>
export const defaultDqn: DqnOptions = defaultsOf(dqnOptions)
