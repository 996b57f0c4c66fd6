import type { Experiment } from './experiment.ts'
import { paperTrial, type Variant } from './paper/trial.ts'
import { guardedForm, ourForm } from './paper/variants.ts'

const values = [0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99] as const

/**
 * The paper's sweep over the discount γ: with our preset, and with the paper's loss (guarded, or it learns nothing at all).
 *
 *     npx recstream experiment gamma --source ml-100k
 */
export const gamma: Experiment = {
  name: 'gamma',
  summary: "ten discounts of the paper's agent, from 0 to .99",
  pipeline: 'movielens',
  trials: ({ seeds }) =>
    [ourForm, guardedForm].flatMap(sweep).flatMap(form => seeds.map(seed => paperTrial(form, seed))),
}

const sweep = (form: Variant): Variant[] =>
  values.map(value => ({
    ...form,
    policy: `${form.policy} γ = ${value}`,
    options: { ...form.options, gamma: value },
  }))
