import { describe } from 'vitest'
import { baselines } from '../../src/predictors/baselines/registry.ts'
import { createEnsemble } from '../../src/predictors/ensemble/ensemble.ts'
import { watchRegression } from '../../src/predictors/ensemble/watch/watch-regression.ts'
import { policyContract } from '../contracts/policy.ts'

describe.each(baselines)('$name', ({ create, random }) => {
  policyContract({ create: seed => create({ seed }), random })
})

describe.each(['lite', 'full'] as const)('the %s ensemble', kind => {
  const options = { kind, factors: 4, history: 50, neighbourPairs: 4096, past: 1024 }
  policyContract({ create: seed => createEnsemble({ ...options, seed }), random: true })
})

describe('an ensemble with watch regression', () => {
  const options = { kind: 'lite', factors: 4, history: 50, neighbourPairs: 4096, past: 1024 } as const
  policyContract({ create: seed => createEnsemble({ ...options, seed, experts: [watchRegression()] }), random: true })
})

describe('watch regression', () => {
  policyContract({ create: () => watchRegression(), random: false })
})
