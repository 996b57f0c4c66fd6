import { choice, defaultsOf, integer, number, type ValuesOf } from '../../../settings/field.ts'
import { usedWhere } from '../../option-use.ts'
import { explorationOptions, interestOptions, learningRate, replayOptions } from '../../options.ts'

const temperature = [0.001, 10] as const

const of = (...action: string[]) => ({ only: { action } })

/** Options of the index, once a session or at every item. */
const indexOptions = usedWhere(of('session', 'step'), {
  noise: {
    from: number(0.5, [0.01, 10], 'a deviation', 'standard deviation of noise on the weights of an index, at first', {
      ...{ log: true, search: { min: 0.2, max: 1 } },
    }),
    to: number(0.5, [0.01, 10], 'a deviation', 'standard deviation of noise on the weights of an index, in the end', {
      ...{ log: true, search: { min: 0.1, max: 1 } },
    }),
    steps: integer(60_000, [1, 1_000_000_000], 'events', 'events in which the noise gets there'),
  },
  draw: {
    random: number(0.01, [0, 1], 'a share', 'share of items at random, beside the noise on the weights', {
      use: of('session'),
    }),
    temperature: number(
      0.05,
      temperature,
      'a temperature',
      'softmax temperature of an index, whose rating has deviation 1',
      { log: true, search: { min: 0.01, max: 0.2 } },
    ),
  },
  noisy: {
    from: number(0.9, [0, 1], 'a share', 'share of sessions with noise on the weights, at first'),
    to: number(0.9, [0, 1], 'a share', 'share of sessions with noise on the weights, in the end'),
    steps: integer(60_000, [1, 1_000_000_000], 'events', 'events in which that share gets there'),
  },
  baseShare: number(0.05, [0, 0.5], 'a share', 'share of sessions served by the rating alone, to compare with'),
  surely: number(
    3,
    [0, 100],
    'standard errors',
    'how far behind the rating alone the learned weights are when it serves instead',
  ),
  pace: number(1, [0.1, 10], 'times', 'how many times as slowly as three usual speeds fatigue comes and goes', {
    ...{ log: true, search: { min: 0.25, max: 4 } },
  }),
  sessionMinutes: number(20, [1, 10_080], 'minutes', 'time without an event after which a new session begins'),
  sessions: integer(8_000, [16, 1_000_000], 'sessions', 'finished sessions that are learned from'),
  fade: integer(40_000, [100, 1_000_000_000], 'events', 'events after which a session counts 1/e'),
  capDays: number(2, [0.01, 1_000], 'days', 'days away that count at most against a session'),
})

/** Options of weights that hold for a session. */
const sessionOptions = usedWhere(of('session'), {
  updateEvery: integer(
    1_000,
    [1, 1_000_000],
    'events',
    'events between updates of the weights that hold for a session',
    { search: [500, 1_000, 2_000] },
  ),
  sessionsFirst: integer(150, [1, 1_000_000], 'sessions', 'finished sessions before the first update'),
  climb: number(0.35, [0.001, 10], 'of the noise', 'how far a weight moves at an update when it surely should', {
    ...{ log: true, search: { min: 0.1, max: 1 } },
  }),
})

/** Options of actors and critics that are networks. */
const networkOptions = usedWhere(of('step', 'proto'), {
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
  actorAfter: integer(500, [0, 1_000_000], 'updates', 'updates of the critics before the actor begins'),
  epsilon: explorationOptions('share of items at random', { from: 0.5, to: 0.2, steps: 20_000 }),
})

const stepOptions = usedWhere(of('step'), {
  baseRate: learningRate(3e-2, " of the base weights of action=step's actor", { min: 1e-2, max: 1e-1 }),
})

const protoOptions = usedWhere(of('proto'), {
  delay: integer(2, [1, 100], 'updates', 'updates of the critics for one of the actor, with twins', {
    use: { unless: { twin: false } },
  }),
  anchor: number(1, [0, 10], 'a weight', "first weight of the user's taste in the proto-action"),
  spread: number(
    0.05,
    [0.001, 10],
    'a temperature',
    'softmax temperature of the policy that is learned, on nearness in [−1, 1]: over how many items the actor looks around',
    { log: true },
  ),
  temperature: {
    from: number(0.1, temperature, 'a temperature', 'softmax temperature of scores in [−1, 1], at first'),
    to: number(0.03, temperature, 'a temperature', 'softmax temperature of scores in [−1, 1], in the end', {
      ...{ log: true, search: { min: 0.01, max: 0.1 } },
    }),
    steps: integer(30_000, [1, 1_000_000_000], 'events', 'events in which the temperature gets there'),
  },
})

/** What can be set of the planning DDPG-LA. */
export const ddpgOptions = {
  action: choice(
    'session',
    ['session', 'step', 'proto'],
    'what is chosen: weights of an index once a session or at every item, or a direction in the space of item vectors',
  ),
  ...indexOptions,
  ...sessionOptions,
  ...usedWhere(of('step', 'proto'), {
    ...interestOptions(0.98),
    ...replayOptions,
    long: choice('none', ['rlstm', 'lstm', 'none'], "the long interest's cell: RLSTM, LSTM, or none", {
      search: ['rlstm', 'lstm', 'none'],
    }),
    short: choice(
      'none',
      ['t-self-attention', 'self-attention', 'none'],
      "the short interest's attention: with weights that grow with time, with equal ones, or none",
    ),
  }),
  ...networkOptions,
  ...stepOptions,
  ...protoOptions,
}

/** What an action has otherwise where nothing is said. */
export const defaultsByAction: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  step: {
    ...{ gamma: 0.99, steps: 10, batch: 128, actorRate: 1e-3, actorAfter: 300, targetRate: 0.01 },
    ...{ 'noise.from': 0.35, 'noise.to': 0.1, 'draw.temperature': 0.005, 'epsilon.from': 0.3, 'epsilon.to': 0.1 },
  },
  proto: { long: 'rlstm', short: 't-self-attention' },
}
export type DdpgOptions = ValuesOf<typeof ddpgOptions>
export const defaultDdpg: DdpgOptions = defaultsOf(ddpgOptions)
