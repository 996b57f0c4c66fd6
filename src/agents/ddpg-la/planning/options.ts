import { choice, defaultsOf, integer, number, type ValuesOf } from '../../../settings/field.ts'
import { explorationOptions, interestOptions, learningRate, replayOptions } from '../../options.ts'

const temperature = [0.001, 10] as const

/** What can be set of the planning DDPG-LA. */
export const ddpgOptions = {
  ...interestOptions(0.98),
  ...replayOptions,
  criticRate: learningRate(1e-3, ' of the critics'),
  actorRate: learningRate(3e-4, ' of the actor', { min: 1e-4, max: 1e-3 }),
  criticDecay: number(
    0,
    [0, 1000],
    'per update',
    "share of criticRate by which the critics' weights shrink: most of what a return says is noise",
  ),
  targetRate: number(0.03, [1e-6, 1], 'a share', 'share by which the target networks follow at every update', {
    search: [0.005, 0.01, 0.02],
  }),
  twin: choice(true, [true, false], 'two critics, of which the lower value counts, and a delayed actor (TD3)'),
  delay: integer(2, [1, 100], 'updates', 'updates of the critics for one of the actor, with twins'),
  actorAfter: integer(500, [0, 1_000_000], 'updates', 'updates of the critics before the actor begins'),
  anchor: number(1, [0, 10], 'a weight', "first weight of the user's taste in the proto-action"),
  spread: number(
    0.05,
    [0.001, 10],
    'a temperature',
    'softmax temperature of the policy that is learned, on nearness in [−1, 1]: over how many items the actor looks around',
    { log: true },
  ),
  epsilon: explorationOptions('share of items at random', { from: 0.5, to: 0.2, steps: 20_000 }),
  temperature: {
    from: number(0.1, temperature, 'a temperature', 'softmax temperature of scores in [−1, 1], at first'),
    to: number(0.03, temperature, 'a temperature', 'softmax temperature of scores in [−1, 1], in the end', {
      ...{ log: true, search: { min: 0.01, max: 0.1 } },
    }),
    steps: integer(30_000, [1, 1_000_000_000], 'events', 'events in which the temperature gets there'),
  },
}
export type DdpgOptions = ValuesOf<typeof ddpgOptions>
export const defaultDdpg: DdpgOptions = defaultsOf(ddpgOptions)
