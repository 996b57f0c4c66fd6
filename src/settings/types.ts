// Made from the settings by `npm run docs`; a test holds it equal to them.

/** Settings that stand in no group. */
export interface GeneralSettings {
  /** Events before this time are impossible; the default, the year 2000, also catches times in seconds. Default 946,684,800,000, from 0 to 8,640,000,000,000,000 (milliseconds since 1970). */
  epoch: number
  /** Partitions of the topics that have a user as their key: behaviour-events, user-profiles and recommendations. Default 1, from 1 to 1024 (partitions). */
  partitions: number
  /** Parts of ingest, each with its partitions, tables and row numbers, so that several processes can share the work; partitions must be a multiple of it, and it stays as it is once a pipeline has begun. Default 1, from 1 to 256 (parts). */
  parts: number
  /** How long the topics behaviour-events, recommendations and dead-letters keep their records; any: as their owner set it, and a rebuild reaches back no further. Default forever. */
  topicRetention: 'forever' | 'any'
  /** How records are written; both are read. Default avro. */
  encoding: 'avro' | 'json'
}

/** What is not kept of what came in. */
export interface CleanSettings {
  /** An event id seen again within this event time is a duplicate. Default 86,400,000, from 0 to 31,622,400,000 (milliseconds). */
  duplicateWindowMs: number
  /** Events whose ids and contents are remembered per generation; two are kept, about 60 MB when both are full. Default 200,000, from 1 to 16,000,000 (events). */
  duplicateCapacity: number
  /** How far an event may lie after its record's own timestamp. Default 300,000, from 0 to 31,622,400,000 (milliseconds). */
  maxFutureMs: number
  /** More of one user than this in one window of event time is bot-like, late ones too. Default 120, from 1 to 1,000,000 (events). */
  botLimit: number
  /** The window of the bot limit. Default 60,000, from 1 to 31,622,400,000 (milliseconds). */
  botWindowMs: number
}

/** What ingest holds of users and items. */
export interface WindowSettings {
  /** Records in the short interest sequence; the long one is the learner's recurrent state and needs no length. Default 5, from 1 to 100 (records). */
  shortLength: number
  /** Users that ingest holds; beyond these the least recently active are loaded again when they return. Default 500,000, from 2 to 16,000,000 (users). */
  usersInMemory: number
  /** Items that ingest holds; beyond these the least recently active are loaded again when they return. Default 500,000, from 2 to 16,000,000 (items). */
  itemsInMemory: number
}

/** The learner: its sizes, its networks, its pace. */
export interface LearnSettings {
  /** Seed of everything random in the learner. Default 1, from 0 to 4,294,967,295 (a seed). */
  seed: number
  /** Sequences per training step (N of the training clock). Default 256, from 1 to 65,536 (sequences). */
  blockSize: number
  /** Mini-batches per training step: the block itself, then replay. Default 3, from 1 to 64 (mini-batches). */
  batchesPerStep: number
  /** Units of the hidden layers. Default 16, from 1 to 4096 (units). */
  hiddenSize: number
  /** Units of the short interest state. Default 8, from 1 to 4096 (units). */
  shortSize: number
  /** The rating policy under the networks: lite is fast, full puts more learners together. Default lite. */
  ensemble: 'lite' | 'full'
  /** Factors of the Bayesian matrix factorisation. Default 6, from 1 to 64 (factors). */
  factors: number
  /** Events remembered of each user and item, from which posteriors are worked out; 12 to 24 bytes each. Default 400, from 1 to 10,000 (events). */
  history: number
  /** Pairs of items whose likeness is remembered; 32 bytes each. Default 2,097,152, from 8 to 134,217,728 (pairs of items). */
  neighbourPairs: number
  /** Weights of the logistic regression of watch rewards (scale kind 'watch'); rates of pairs are half as many. Default 4,194,304, from 1024 to 134,217,728 (weights). */
  watchWeights: number
  /** Transitions kept in the replay buffer; about 1.2 kB each. Default 8192, from 1 to 16,000,000 (transitions). */
  replayCapacity: number
  /** The long interest's cell: RLSTM, LSTM, or none. Default rlstm. */
  longInterest: 'rlstm' | 'lstm' | 'none'
  /** The short interest's attention: with weights that grow with time, with equal ones, or none. Default t-self-attention. */
  shortInterest: 't-self-attention' | 'self-attention' | 'none'
  /** Records of the short window that only refresh the stored state in training. Default 2, from 0 to 99 (records). */
  burnIn: number
  /** What the actor's error costs. Default huber. */
  loss: 'squared' | 'huber' | 'absolute'
  /** Learning rate of the networks. Default 0.001, from 1e-9 to 1 (per step). */
  learningRate: number
  /** Share of the learning rate by which weights shrink (AdamW). Default 6, from 0 to 1000 (per step). */
  weightDecay: number
  /** Discount of the next reward. Default 0, from 0 to 0.9999 (a factor per step). */
  gamma: number
  /** Weight of the critic's value in the actor's loss (TD3+BC's λ). Default 0.1, from 0 to 100 (a weight). */
  criticWeight: number
  /** Share by which the target networks follow, per step. Default 0.01, from 0.000001 to 1 (a share). */
  targetRate: number
  /** Where the learn process trains the networks; the results are the same. Default worker. */
  training: 'inline' | 'worker'
  /** Sequences between published model versions, and between checkpoints, of which a large one is written less often. Default 10,000, from 1 to 1,000,000,000 (sequences). */
  checkpointEvery: number
  /** Checkpoints kept on disk. Default 3, from 1 to 100 (checkpoints). */
  checkpointsKept: number
  /** Users held in memory, about 0.9 kB each; whoever was away longest is kept on disk and comes back as they were. Default 20,000, from 1 to 16,000,000 (users). */
  maxUsers: number
  /** Items remembered, about 0.9 kB each; the least recently active is forgotten. Default 20,000, from 1 to 16,000,000 (items). */
  maxItems: number
  /** Share of the champion's error by which a challenger must lead to be served. Default 0.005, from 0 to 1 (a share). */
  gateMargin: number
  /** Events over which a challenger must lead to be served. Default 2000, from 1 to 1,000,000,000 (events). */
  gateEvents: number
}

/** Lists: how long, how often, and how items get there. */
export interface RecommendSettings {
  /** Items in a list. Default 10, from 1 to 200 (items). */
  length: number
  /** Items scored for a list; at least recommend.length. Default 100, from 1 to 100,000 (items). */
  candidates: number
  /** Event time between two lists of a user; 0 is a list at every event. Default 3,600,000, from 0 to 31,622,400,000 (milliseconds). */
  everyMs: number
  /** Whether somebody of whom a profile has come and no event yet is given a list. Default yes. */
  newUsers: 'yes' | 'no'
  /** Event time between two lists for nobody in particular, which stand under the empty user id. Default 3,600,000, from 1 to 31,622,400,000 (milliseconds). */
  everybodyMs: number
  /** How lists explore: some slots at random, or every slot by a taste drawn from what is known of the user (Thompson sampling). Default epsilon. */
  exploration: 'epsilon' | 'thompson'
  /** Share of the slots that explore. Default 0.05, from 0 to 1 (a share). */
  epsilon: number
  /** Share of the slots that show one of the items that few have met; with exploration epsilon. Default 0.01, from 0 to 1 (a share). */
  newItems: number
  /** Whether lists say what the agents of other arms would have shown first, for off-policy evaluation; a decision more per arm. Default no. */
  alternatives: 'yes' | 'no'
  /** Items remembered of what goes with an item; 20 bytes each. Default 128, from 4 to 4096 (items). */
  coOccurrences: number
  /** Items of a user that the ranker looks back at; 20 bytes each. Default 40, from 5 to 200 (items). */
  recent: number
  /** Event time after which what is popular for the moment counts half. Default 12, from 0.01 to 87,600 (hours). */
  shortHalfLifeHours: number
  /** Event time after which what is popular now, and what goes together of late, counts half. Default 4, from 0.01 to 36,500 (days). */
  halfLifeDays: number
  /** Event time after which what is popular for long, and what goes together, counts half. Default 60, from 0.01 to 36,500 (days). */
  longHalfLifeDays: number
  /** Items up to which EASE is a score of the ranker; 0 is none. It is fitted now and then, which holds events up for seconds. Default 0, from 0 to 4096 (items). */
  easeItems: number
  /** Networks whose score of what comes next is a feature of the ranker; 0 is none. Each costs as much as half the ranker does. Default 0, from 0 to 4 (networks). */
  sequenceNetworks: number
}

/** What agents that plan have in common. */
export interface PlanSettings {
  /** The user's last items, which agents do not show again although behaviours let them come back, as far as the others fill a list. Default 0, from 0 to 10,000 (items). */
  exclude: number
  /** Numbers in an item's "#vector=" and a user's "#taste=" token; 0 is what the learner has learned. Default 0, from 0 to 1024 (numbers). */
  vectorSize: number
  /** Numbers in a user's "#profile=" token; 0 is what features hash to. Default 0, from 0 to 1024 (numbers). */
  profileSize: number
}

/** When an arm is taken out by itself, because its users bring less than those of the best one. */
export interface GuardSettings {
  /** Whether an arm that is surely worse than the best is taken out by itself. Default yes. */
  enabled: 'yes' | 'no'
  /** Chance that an arm is ever taken out that is not worse. Default 0.05, from 0.000001 to 0.5 (a chance). */
  alpha: number
  /** Users of an arm, each followed to the end, before it is judged. Default 100, from 2 to 1,000,000,000 (users). */
  minUsers: number
  /** Days of event time over which a user's reward is counted, from the arm's first list on. Default 7, from 0.001 to 3650 (days). */
  days: number
}

/** When things are done that no event asks for: cron expressions (node-cron); absent means never. */
export interface Schedule {
  /** When the warehouse is copied for people to query. */
  snapshot?: string
  /** When the learner is asked for a checkpoint. */
  checkpoint?: string
  /** When the warehouse and the compacted topics are compacted. */
  compaction?: string
  retention?: {
    /** When old events move to Parquet. */
    cron: string
    /** Days after which an event is old. From 1 to 36,500 (days). */
    olderThanDays: number
  }
}
