import { beforeAll, describe } from 'vitest'
import { type AdvantageRule, generalisedAdvantages } from '../../../src/agents/a3c/advantages.ts'
import { createA2c } from '../../../src/agents/a3c/agent.ts'
import { type A3cOptions, defaultA3c } from '../../../src/agents/a3c/options.ts'
import { type Backend, openBackend } from '../../../src/nn/backend.ts'
import { planningAgentContract } from '../../contracts/planning-agent.ts'
import { bandit, corridor, delayedReward, timeAway } from '../tiny/problems.ts'
import { tinySuite } from '../tiny/suite.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const small: A3cOptions = {
  ...{ ...defaultA3c, hidden: 16, state: 32, gamma: 0.8 },
  ...{ rollout: 64, batch: 32, rate: 5e-3, entropy: 0.03 },
}
/** Where the first steps lead away from what pays, a policy has to stay undecided for longer. */
const undecided: Partial<A3cOptions> = { rate: 2e-3, entropy: 0.3 }

describe.each<[string, Partial<A3cOptions>]>([
  ['as it is', {}],
  ['with short interests alone', { long: 'none' }],
])('a planning agent, %s', (_, changed) => {
  planningAgentContract({
    create: (seed, catalogue) => createA2c(backend.tf, catalogue, { seed, options: { ...small, ...changed } }),
    tensors: () => backend.tf.memory().numTensors,
    events: 400,
    probed: 1000,
  })
})

/** What went better than expected taken for worse. */
const flipped: AdvantageRule = (...given) => {
  const { advantages, targets } = generalisedAdvantages(...given)
  return { targets, advantages: advantages.map(each => -each) }
}

const breaks: Record<string, { options?: Partial<A3cOptions>; rule?: AdvantageRule }> = {
  'without a future': { options: { gamma: 0 } },
  'with advantages of the wrong sign': { rule: flipped },
  'with a time away that costs nothing': { options: { awayDays: 1e9 } },
}

tinySuite({
  create: (catalogue, broken, problem) => {
    const { options: changed, rule } = (broken === undefined ? undefined : breaks[broken]) ?? {}
    const options = { ...small, ...(problem === corridor && undecided), ...changed }
    return createA2c(backend.tf, catalogue, { seed: 1, options, ...(rule && { rule }) })
  },
  steps: () => 3000,
  every: 64,
  breaks: {
    'without a future': [corridor, delayedReward],
    'with advantages of the wrong sign': [bandit],
    'with a time away that costs nothing': [timeAway],
  },
})
