import { adaptiveBias } from './adaptive-bias.ts'
import { baselineOnly } from './baseline-only.ts'
import { batchPolicy } from './batch-policy.ts'
import { bias } from './bias.ts'
import { biasedMf } from './biased-mf.ts'
import { itemKnn } from './item-knn.ts'
import { knn } from './knn.ts'
import { globalMean, userMean } from './mean.ts'
import { nmf } from './nmf.ts'
import { learningRewards, type Policy } from './policy.ts'
import { popularity } from './popularity.ts'
import { popularityByHistory } from './popularity-by-history.ts'
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

const known: readonly Baseline[] = [
  { name: 'mean', summary: 'mean of all', random: false, create: () => globalMean() },
  { name: 'user-mean', summary: "mean of the user's own", random: false, create: () => userMean() },
  {
    name: 'popularity',
    summary: 'mean of the item, drawn to that of all',
    random: false,
    create: () => popularity({ meanHalfLife: Infinity, rankHalfLife: Infinity, prior: 5 }),
  },
  {
    name: 'popularity-decayed',
    summary: 'the same, of late: half-life 20,000 events',
    random: false,
    create: () => popularity(),
  },
  {
    name: 'popularity-by-history',
    summary: 'mean of the item among users with about as many events',
    random: false,
    create: () => popularityByHistory(),
  },
  { name: 'bias', summary: 'μ + user + item, one pass with falling rates', random: false, create: () => bias() },
  {
    name: 'adaptive-bias',
    summary: 'the same with larger first steps, which never overshoot together',
    random: false,
    create: () => adaptiveBias(),
  },
  {
    name: 'biased-mf',
    summary: 'biased factorisation, one gradient step an event (BiasedMF of River)',
    random: true,
    create: ({ seed }) => biasedMf({ seed }),
  },
  {
    name: 'item-knn',
    summary: 'adaptive-bias and how like items were off from it, one pass, bounded',
    random: false,
    create: () => itemKnn(),
  },
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

/** Every baseline; the order is that of tables. */
export const baselines: readonly Baseline[] = known.map(baseline => ({
  ...baseline,
  create: options => learningRewards(baseline.create(options)),
}))
