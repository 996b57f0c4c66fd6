import { choice, integer, number } from '../field.ts'

const bound = { checkpoint: 'always' } as const
const many = 1_000_000_000

export const learn = {
  seed: integer(1, [0, 4_294_967_295], 'a seed', 'seed of everything random in the learner', bound),
  blockSize: integer(256, [1, 65_536], 'sequences', 'sequences per training step (N of the training clock)', bound),
  batchesPerStep: integer(3, [1, 64], 'mini-batches', 'mini-batches per training step: the block itself, then replay'),
  hiddenSize: integer(16, [1, 4096], 'units', 'units of the hidden layers', bound),
  shortSize: integer(8, [1, 4096], 'units', 'units of the short interest state', bound),
  ensemble: choice(
    'lite',
    ['lite', 'full'],
    'the rating policy under the networks: lite is fast, full puts more learners together',
    bound,
  ),
  factors: integer(6, [1, 64], 'factors', 'factors of the Bayesian matrix factorisation', bound),
  history: integer(
    400,
    [1, 10_000],
    'events',
    'events remembered of each user and item, from which posteriors are worked out; 12 to 24 bytes each',
    bound,
  ),
  neighbourPairs: integer(
    2_097_152,
    [8, 134_217_728],
    'pairs of items',
    'pairs of items whose likeness is remembered; 32 bytes each',
    bound,
  ),
  watchWeights: integer(
    4_194_304,
    [1024, 134_217_728],
    'weights',
    "weights of the logistic regression of watch rewards (scale kind 'watch'); rates of pairs are half as many",
    bound,
  ),
  replayCapacity: integer(
    8192,
    [1, 16_000_000],
    'transitions',
    'transitions kept in the replay buffer; about 1.2 kB each',
    bound,
  ),
  longInterest: choice('rlstm', ['rlstm', 'lstm', 'none'], "the long interest's cell: RLSTM, LSTM, or none", bound),
  shortInterest: choice(
    't-self-attention',
    ['t-self-attention', 'self-attention', 'none'],
    "the short interest's attention: with weights that grow with time, with equal ones, or none",
    bound,
  ),
  burnIn: integer(2, [0, 99], 'records', 'records of the short window that only refresh the stored state in training'),
  loss: choice('huber', ['squared', 'huber', 'absolute'], "what the actor's error costs"),
  learningRate: number(0.001, [1e-9, 1], 'per step', 'learning rate of the networks'),
  weightDecay: number(6, [0, 1000], 'per step', 'share of the learning rate by which weights shrink (AdamW)'),
  gamma: number(0, [0, 0.9999], 'a factor per step', 'discount of the next reward'),
  criticWeight: number(0.1, [0, 100], 'a weight', "weight of the critic's value in the actor's loss (TD3+BC's λ)"),
  targetRate: number(0.01, [1e-6, 1], 'a share', 'share by which the target networks follow, per step'),
  training: choice(
    'worker',
    ['inline', 'worker'],
    'where the learn process trains the networks; the results are the same',
  ),
  checkpointEvery: integer(
    10_000,
    [1, many],
    'sequences',
    'sequences between published model versions, and between checkpoints, of which a large one is written less often',
    bound,
  ),
  checkpointsKept: integer(3, [1, 100], 'checkpoints', 'checkpoints kept on disk'),
  maxUsers: integer(
    20_000,
    [1, 16_000_000],
    'users',
    'users held in memory, about 0.9 kB each; whoever was away longest is kept on disk and comes back as they were',
  ),
  maxItems: integer(
    20_000,
    [1, 16_000_000],
    'items',
    'items remembered, about 0.9 kB each; the least recently active is forgotten',
    { checkpoint: 'at least' },
  ),
  gateMargin: number(
    0.005,
    [0, 1],
    'a share',
    "share of the champion's error by which a challenger must lead to be served",
  ),
  gateEvents: integer(2000, [1, many], 'events', 'events over which a challenger must lead to be served'),
}
