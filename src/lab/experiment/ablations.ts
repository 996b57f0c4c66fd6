import type { Experiment } from './experiment.ts'
import { paperTrial } from './paper/trial.ts'
import { ablationForms, paperForm, supervisedForm } from './paper/variants.ts'

/**
 * The paper's ablation: long interest by RLSTM, LSTM or not at all, short interest by T-self-attention, self-attention or
 * not at all. Our preset; the paper's own preset and the same actor without a critic stand beside it.
 *
 *     npx recstream experiment ablations --source ml-100k --policies 'RLSTM + t-self-attention,LSTM'
 */
export const ablations: Experiment = {
  name: 'ablations',
  summary: "the eight variants of the paper's agent, frozen on the last 20% of each user",
  pipeline: 'movielens',
  trials: ({ seeds }) =>
    [...ablationForms, paperForm, supervisedForm].flatMap(form => seeds.map(seed => paperTrial(form, seed))),
}
