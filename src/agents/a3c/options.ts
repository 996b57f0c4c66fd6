import { defaultsOf, integer, number, type ValuesOf } from '../../settings/field.ts'
import { farSighted, interestOptions, learningRate } from '../options.ts'

/** What can be set of A2C, and of A3C in each of its actors. */
export const a3cOptions = {
  ...interestOptions(0.98),
  batch: integer(256, [1, 8192], 'events', 'events in a gradient', { search: [64, 128, 256] }),
  lambda: number(
    0.9,
    [0, 1],
    'a factor per item',
    'λ of generalised advantages: 0 looks one item ahead and trusts the critic, 1 trusts what happened',
    { use: farSighted },
  ),
  rollout: integer(1024, [8, 1_000_000], 'events', 'events in a rollout'),
  passes: integer(2, [1, 20], 'passes', 'how often each event of a rollout is used'),
  rate: learningRate(3e-4, ''),
  entropy: number(0.003, [0, 1], 'a weight', "weight of the policy's entropy beside the policy's own loss", {
    ...{ log: true, search: { min: 1e-4, max: 1e-1 } },
  }),
  criticWeight: number(0.02, [0, 10], 'a weight', "weight of the critic's error beside the policy's own loss"),
  anchor: number(10, [0, 100], 'a weight', "first weight of the user's taste in the policy's logits"),
}
export type A3cOptions = ValuesOf<typeof a3cOptions>
export const defaultA3c: A3cOptions = defaultsOf(a3cOptions)

/** What can be set of A3C besides. */
export const actorsOption = integer(
  2,
  [1, 64],
  'actors',
  'actors in threads of their own, where worlds are simulated; 1: as a2c',
  { use: { worlds: true } },
)
