import {
  type AgentOption,
  defaultInterest,
  type InterestOptions,
  interestOptions,
  logarithmic,
  numeric,
  whole,
} from '../options.ts'

/** What can be set of A3C and of A2C, its synchronous form. */
export interface A3cOptions extends InterestOptions {
  /** λ of generalised advantages: 0 looks one item ahead and trusts the critic, 1 trusts what happened. */
  lambda: number
  /** Events in a rollout, events in a gradient, and how often each event is used. */
  rollout: number
  batch: number
  passes: number
  rate: number
  /** Weights of the policy's entropy and of the critic's error beside the policy's own loss. */
  entropy: number
  criticWeight: number
  /** First weight of the user's taste in the policy's logits. */
  anchor: number
}

export const defaultA3c: A3cOptions = {
  ...defaultInterest,
  gamma: 0.98,
  lambda: 0.9,
  rollout: 1024,
  batch: 256,
  passes: 2,
  rate: 3e-4,
  entropy: 0.003,
  criticWeight: 0.02,
  anchor: 10,
}

/** What can be set of A3C besides: how many actors there are, where each can have a world of its own. */
export const defaultActors = 2
export const actorsOption = whole(
  'actors',
  1,
  64,
  'actors in threads of their own, where worlds are simulated; 1: as a2c',
)

/** Interests as other agents have them; what replay needs has no place here. */
const interests = interestOptions.filter(({ name }) =>
  ['long', 'short', 'hidden', 'state', 'gamma', 'awayDays', 'batch'].includes(name),
)

export const a3cSpace: readonly AgentOption[] = [
  ...interests,
  numeric('lambda', 0, 1, 'how far advantages trust what happened, beside the critic'),
  whole('rollout', 8, 1_000_000, 'events in a rollout'),
  whole('passes', 1, 20, 'how often each event of a rollout is used'),
  logarithmic('rate', 1e-6, 1, 'learning rate'),
  numeric('entropy', 0, 1, "weight of the policy's entropy"),
  numeric('criticWeight', 0, 10, "weight of the critic's error"),
  numeric('anchor', 0, 100, "first weight of the user's taste in the policy's logits"),
]
