import type { Decay } from '../../draw.ts'
import {
  type AgentOption,
  decayOptions,
  defaultInterest,
  defaultReplay,
  type InterestOptions,
  interestOptions,
  logarithmic,
  numeric,
  oneOf,
  type ReplayOptions,
  whole,
} from '../../options.ts'

/** What can be set of the planning DDPG-LA. */
export interface DdpgOptions extends InterestOptions, ReplayOptions {
  criticRate: number
  actorRate: number
  /** Share of criticRate by which the critics' weights shrink per update: most of what a return says is noise. */
  criticDecay: number
  /** Share by which target networks follow. */
  targetRate: number
  /** TD3: twin critics, whose lower value counts; the actor learns at every `delay`-th update, after `actorAfter` of them. */
  twin: boolean
  delay: number
  actorAfter: number
  /** First weight of the user's taste in the proto-action. */
  anchor: number
  /** Softmax temperature of the policy that is learned, on nearness in [−1, 1]: over how many items the actor looks around. */
  spread: number
  /** Softmax temperature of scores in [−1, 1], and share of items at random, by events observed. */
  temperature: Decay
  epsilon: Decay
}

export const defaultDdpg: DdpgOptions = {
  ...defaultInterest,
  ...defaultReplay,
  gamma: 0.98,
  criticRate: 1e-3,
  actorRate: 3e-4,
  criticDecay: 0,
  targetRate: 0.03,
  twin: true,
  delay: 2,
  actorAfter: 500,
  anchor: 1,
  spread: 0.05,
  temperature: { from: 0.1, to: 0.03, steps: 30_000 },
  epsilon: { from: 0.5, to: 0.2, steps: 20_000 },
}

export const ddpgSpace: readonly AgentOption[] = [
  ...interestOptions,
  logarithmic('criticRate', 1e-6, 1, 'learning rate of the critics'),
  logarithmic('actorRate', 1e-6, 1, 'learning rate of the actor'),
  numeric('criticDecay', 0, 1000, "share of criticRate by which the critics' weights shrink"),
  numeric('targetRate', 1e-6, 1, 'share by which the target networks follow'),
  oneOf('twin', [true, false], 'two critics, of which the lower counts, and a delayed actor (TD3)'),
  whole('delay', 1, 100, 'updates of the critics for one of the actor, with twins'),
  whole('actorAfter', 0, 1_000_000, 'updates of the critics before the actor begins'),
  numeric('anchor', 0, 10, "first weight of the user's taste in the proto-action"),
  logarithmic('spread', 0.001, 10, 'softmax temperature of the policy that is learned'),
  ...decayOptions('temperature', 0.001, 10, 'softmax temperature of exploration'),
  ...decayOptions('epsilon', 0, 1, 'share of items at random'),
]
