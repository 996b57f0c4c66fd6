import type { Decay } from '../draw.ts'
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
} from '../options.ts'

/** What can be set of DQN. */
export interface DqnOptions extends InterestOptions, ReplayOptions {
  rate: number
  /** The online network chooses the next item and the target network values it (van Hasselt et al. 2016). */
  double: boolean
  /** Share by which the target network follows at every update; 0: it is set to the online one every `targetPeriod` updates. */
  targetRate: number
  targetPeriod: number
  /** 0: transitions are drawn alike; above, by |error|^priority (Schaul et al. 2016), weighed back by `priorityBias`. */
  priority: number
  priorityBias: number
  /** Share of items at random, by events observed. */
  epsilon: Decay
}

export const defaultDqn: DqnOptions = {
  ...defaultInterest,
  ...defaultReplay,
  gamma: 0.95,
  rate: 1e-3,
  double: true,
  targetRate: 0.01,
  targetPeriod: 200,
  priority: 0,
  priorityBias: 0.4,
  epsilon: { from: 1, to: 0.05, steps: 12_000 },
}

export const dqnSpace: readonly AgentOption[] = [
  ...interestOptions,
  logarithmic('rate', 1e-6, 1, 'learning rate'),
  oneOf('double', [true, false], 'whether the online network chooses the next item (Double DQN)'),
  numeric('targetRate', 0, 1, 'share by which the target network follows; 0: it is copied by targetPeriod'),
  whole('targetPeriod', 1, 1_000_000, 'updates between copies of the target network, where targetRate is 0'),
  numeric('priority', 0, 1, 'exponent of prioritised replay; 0: all alike'),
  numeric('priorityBias', 0, 1, 'how much of its bias is weighed back'),
  ...decayOptions('epsilon', 0, 1, 'share of items at random'),
]
