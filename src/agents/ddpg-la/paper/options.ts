/** Which extractor reads the long interest and which the short one; at least one of them is there. */
export interface Interests {
  readonly long: 'rlstm' | 'lstm' | 'none'
  readonly short: 't-self-attention' | 'self-attention' | 'none'
}

export interface PaperOptions {
  readonly seed: number
  readonly interests: Interests
  /**
   * What a record holds. `paper`: the user's and the item's features and the time, no past rating. `rich`: also the
   * rating, the gap since the record before, and embeddings of user and item, which the actor's head sees too.
   */
  readonly record: 'paper' | 'rich'
  /** Numbers in the long interest (H), in the short one (S), and in an embedding (E). */
  readonly hiddenSize: number
  readonly shortSize: number
  readonly embeddingSize: number
  /** Users trained on together, and events of each before the weights move (the length of truncated back-propagation). */
  readonly usersPerBatch: number
  readonly eventsPerChunk: number
  readonly learningRate: number
  readonly gamma: number
  /** τ: how far the target networks move towards the online ones at each step. */
  readonly targetRate: number
  /** Standard deviation of the noise on actions: it starts at the first number and loses a tenth a round, down to the second. */
  readonly noise: readonly [number, number]
  /** Share of transitions whose action is an older one from replay, from the second round on. */
  readonly replayShare: number
  /** Guard: rounds in which the critic alone learns. */
  readonly warmUpRounds: number
  /** Guard: share of actions replaced by uniform ones. */
  readonly exploringShare: number
  /** Guard: critic steps for each step of the actor. */
  readonly criticSteps: number
  /** Guard: what the critic multiplies actions by. One number among a hundred is easily overlooked. */
  readonly actionScale: number
  /** Guard: the supervised anchor (TD3+BC). Null: the actor's loss is −Q; else squared error − criticWeight·Q/|Q|. */
  readonly anchor: { readonly criticWeight: number } | null
  /** Guard: who predicts, the actor or its target network, whose weights are an average over the last few hundred steps. */
  readonly predictor: 'actor' | 'target'
  /** Guard: a round in which more than this share of actions lies within 0.02 of 0 or 1 is reported as saturated. */
  readonly saturationShare: number
}

const sizes = {
  hiddenSize: 32,
  shortSize: 16,
  embeddingSize: 16,
  usersPerBatch: 32,
  eventsPerChunk: 32,
  learningRate: 1e-3,
  targetRate: 0.005,
  noise: [0.3, 0.05],
  replayShare: 0.5,
  saturationShare: 0.9,
} as const

const interests: Interests = { long: 'rlstm', short: 't-self-attention' }

/** The paper's form: its record, γ and loss, and nothing added. */
export const paperPreset: Omit<PaperOptions, 'seed'> = {
  ...sizes,
  interests,
  record: 'paper',
  gamma: 0.99,
  warmUpRounds: 0,
  exploringShare: 0,
  criticSteps: 1,
  actionScale: 1,
  anchor: null,
  predictor: 'actor',
}

/** Ours: the rich record and all guards. */
export const ourPreset: Omit<PaperOptions, 'seed'> = {
  ...sizes,
  interests,
  record: 'rich',
  gamma: 0.99,
  warmUpRounds: 2,
  exploringShare: 0.3,
  criticSteps: 2,
  actionScale: 8,
  anchor: { criticWeight: 1 },
  predictor: 'target',
}

/** The eight variants of the paper's ablation: every pair of extractors but none at all, the paper's own first. */
export const ablations: readonly Interests[] = (['rlstm', 'lstm', 'none'] as const).flatMap(long =>
  (['t-self-attention', 'self-attention', 'none'] as const)
    .filter(short => long !== 'none' || short !== 'none')
    .map(short => ({ long, short })),
)
