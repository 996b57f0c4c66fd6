import { baselineOnly } from './baseline-only.ts'
import { batchPolicy } from './batch-policy.ts'
import { bias } from './bias.ts'
import { knn } from './knn.ts'
import { nmf } from './nmf.ts'
import type { Policy } from './policy.ts'
import { svd } from './svd.ts'
import { svdPlusPlus } from './svd-plus-plus.ts'

/** A policy that experiments can name. */
export interface Baseline {
  readonly name: string
  /** One line for tables and help. */
  readonly summary: string
  /** Whether the seed changes anything. */
  readonly random: boolean
  readonly create: (options: { seed: number }) => Policy
}

/** Every baseline; the order is that of tables. */
export const baselines: readonly Baseline[] = [
  { name: 'bias', summary: 'μ + user + item, one pass with falling rates', random: false, create: () => bias() },
  {
    name: 'baseline-only',
    summary: 'μ + user + item by alternating least squares, as scikit-surprise',
    random: false,
    create: () => batchPolicy(baselineOnly()),
  },
  {
    name: 'knn-basic',
    summary: '40 most similar users, by mean squared difference (KNNBasic of scikit-surprise)',
    random: false,
    create: () => batchPolicy(knn('basic')),
  },
  {
    name: 'knn-with-means',
    summary: "the same on deviations from each user's mean (KNNWithMeans)",
    random: false,
    create: () => batchPolicy(knn('with-means')),
  },
  {
    name: 'knn-baseline',
    summary: 'the same on deviations from baseline-only (KNNBaseline)',
    random: false,
    create: () => batchPolicy(knn('baseline')),
  },
  {
    name: 'svd',
    summary: 'biased factorisation, 100 factors, 20 epochs (SVD of scikit-surprise)',
    random: true,
    create: ({ seed }) => batchPolicy(svd({ seed })),
  },
  {
    name: 'nmf',
    summary: 'non-negative factorisation, 15 factors, 50 epochs (NMF of scikit-surprise)',
    random: true,
    create: ({ seed }) => batchPolicy(nmf({ seed })),
  },
  {
    name: 'svd++',
    summary: 'SVD with implicit feedback, 20 factors, 20 epochs (SVDpp of scikit-surprise)',
    random: true,
    create: ({ seed }) => batchPolicy(svdPlusPlus({ seed })),
  },
]
