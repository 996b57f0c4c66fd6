import type { Experiment } from './experiment.ts'
import { paperTrial } from './paper/trial.ts'
import { ablationForms, guardedForm, ourForm, paperForm, supervisedForm } from './paper/variants.ts'

/** Rounds of a curve. */
const rounds = 15

/**
 * Ave_Reward and RMSE round by round: the paper's form as it is and guarded, ours, ours with LSTM and self-attention, ours
 * with either interest alone, and the same actor without a critic.
 *
 *     npx recstream experiment convergence --source ml-100k
 */
export const convergence: Experiment = {
  name: 'convergence',
  summary: "what the paper's agent comes to, round by round",
  pipeline: 'movielens',
  trials: ({ seeds }) =>
    [paperForm, guardedForm, ourForm, supervisedForm, ...others].flatMap(form =>
      seeds.map(seed => paperTrial({ ...form, rounds, curves: true }, seed)),
    ),
}

const others = ablationForms.filter(({ options: { interests } }) => {
  const { long, short } = interests
  const either = (long === 'rlstm' && short === 'none') || (long === 'none' && short === 't-self-attention')
  return either || (long === 'lstm' && short === 'self-attention')
})
