/** What a pipeline is: one typed description from which every stage takes its settings. */
export interface PipelineDefinition {
  /** Lower-case letters, digits and dashes; the prefix of every topic. */
  name: string
  description: string
  /** Event types that are known; any other is a dead letter. */
  behaviours: readonly string[]
  /** Events before this time (ms since 1970) are impossible. */
  epoch: number
  /** Range of an event's `value`; outside it is a dead letter. */
  value: { min: number; max: number; required: boolean }
  /** An event's reward in [0, 1]. Must be pure. */
  reward: (event: BehaviourEvent) => number
  /** Whether an event says that the user liked the item; default: its property "like" is above 0. Must be pure. */
  like: (event: BehaviourEvent) => boolean
  scale: Scale
  features: {
    /** Feature tokens such as "age=25-34"; default: every attribute as "name=value". */
    user?: (profile: UserProfile) => string[]
    item?: (item: Item) => string[]
    /**
     * What surrounds an event and is known before its outcome, such as the surface that an item is shown on; default: none.
     * The tokens stand among the user's, each with "@" before it. A token that tells of the outcome makes scores worthless.
     */
    context?: (event: BehaviourEvent) => string[]
  }
  partitions: number
  encoding: 'avro' | 'json'
  clean: CleanSettings
  window: WindowSettings
  learn: LearnSettings
  recommend: RecommendSettings
  /** The policies that compete for users; default: one, `defaultArms`. */
  arms: readonly Arm[]
  plan: PlanSettings
  guard: GuardSettings
  schedule: Schedule
  /** Where `import` and `start` get records from when the pipeline is not fed by other services. */
  source?: Source
  /** How simulated people use it; only a pipeline that has this can be driven by `recstream simulate live`. */
  simulate?: Simulation
}

/** How scores are shown: ratings as RMSE and MAE on their own scale, watch rewards as AUC and log loss. */
export type Scale = { kind: 'rating'; min: number; max: number } | { kind: 'watch'; positiveFrom: number }

export interface CleanSettings {
  /** An event id seen again within this event time is a duplicate, ms. */
  duplicateWindowMs: number
  /** At most this many ids are remembered per generation (two are kept). */
  duplicateCapacity: number
  /** An event may lie at most this far after its record's own timestamp, ms. */
  maxFutureMs: number
  /** More events of one user than this in one window is bot-like. */
  botLimit: number
  botWindowMs: number
}

export interface WindowSettings {
  /** Records in the short interest sequence; the long one is the learner's recurrent state and needs no length. */
  shortLength: number
  /** Users and items that ingest holds in memory; beyond these the least recently active are loaded again when they return. */
  usersInMemory: number
  itemsInMemory: number
}

export interface LearnSettings {
  seed: number
  /** Sequences per training step (N of the training clock). */
  blockSize: number
  /** Mini-batches per training step: the block itself, then replay. */
  batchesPerStep: number
  hiddenSize: number
  shortSize: number
  /** The rating policy under the networks: `lite` is fast, `full` puts more learners together. */
  ensemble: 'lite' | 'full'
  /** Factors of the Bayesian factorisation. */
  factors: number
  /** Events remembered of each user and item, from which their posteriors are worked out. */
  history: number
  /** Pairs of items whose likeness is remembered; 32 bytes each. */
  neighbourPairs: number
  /** Weights of the logistic regression that are remembered (scale kind 'watch'); rates of pairs, half as many. */
  watchWeights: number
  replayCapacity: number
  /** The long interest's cell: RLSTM, LSTM, or none. */
  longInterest: 'rlstm' | 'lstm' | 'none'
  /** The short interest's self-attention: weights that grow with time (`t-self-attention`), equal ones (`self-attention`), or none. */
  shortInterest: 't-self-attention' | 'self-attention' | 'none'
  /** Records of the short window that only refresh the stored recurrent state in training. */
  burnIn: number
  /** What the actor's error costs. */
  loss: 'squared' | 'huber' | 'absolute'
  learningRate: number
  /** Share of the learning rate by which weights shrink per step (AdamW). */
  weightDecay: number
  gamma: number
  /** Weight of the critic's value in the actor's loss (TD3+BC's lambda). */
  criticWeight: number
  targetRate: number
  /** Where the learn process trains the networks; the results are the same. */
  training: 'inline' | 'worker'
  /** Sequences between checkpoints; also between published model versions. */
  checkpointEvery: number
  checkpointsKept: number
  /** Users and items beyond this are forgotten, least recently active first. */
  maxUsers: number
  maxItems: number
  /** A challenger is served once it leads by this share of the champion's error, over this many sequences. */
  gateMargin: number
  gateEvents: number
}

export interface RecommendSettings {
  /** Items in a list. */
  length: number
  candidates: number
  /** A user gets a new list when this much event time has passed since the last one, ms; 0 = at every event. */
  everyMs: number
  /** Some slots at random, or every slot by a taste drawn from what is known of the user (Thompson sampling). */
  exploration: 'epsilon' | 'thompson'
  /** Share of slots that explore. */
  epsilon: number
  /** Whether a list says what the agents of other arms would have shown first, for off-policy evaluation; a decision more per arm. */
  alternatives: 'yes' | 'no'
  /** Items remembered of what goes with each item, and of each user's last ones. */
  coOccurrences: number
  recent: number
  /** The ranker learns from one pick in so many. */
  learnEvery: number
  /** Items up to which EASE is a score of the ranker; 0: none. It is fitted now and then, which holds events up for seconds. */
  easeItems: number
}

/** A policy with its part of the users. */
export interface Arm {
  /** Unique in the pipeline; it stands in every list. */
  name: string
  /** `champion` is the rating policy that predicts best of late; the others are agents that plan. */
  policy: ArmPolicy
  /** Part of the users to begin with, relative to the other arms' shares; from then on commands say. */
  share: number
  /** What the agent is made with, such as { gamma: 0.98 }; the champion has none. */
  options?: Readonly<Record<string, unknown>>
}

export type ArmPolicy = 'champion' | PlanningPolicy
/** The agents that plan, by name. */
export type AgentName = 'random' | 'popularity' | 'myopic' | 'q-learning' | 'dqn' | 'a2c' | 'a3c' | 'ddpg-la'
export type PlanningPolicy = AgentName

/** What agents that plan have in common. */
export interface PlanSettings {
  /** The user's last items that are not shown again, as far as the others fill a list. */
  exclude: number
  /** Numbers in an item's "#vector=" and a user's "#taste=" token; 0: agents see what the learner has learned of them. */
  vectorSize: number
  /** Numbers in a user's "#profile=" token; 0: agents see the user's hashed features. */
  profileSize: number
}

/** When an arm is taken out by itself, because its users bring less than those of the best one. */
export interface GuardSettings {
  enabled: 'yes' | 'no'
  /** Chance that any arm is ever taken out that is not worse. */
  alpha: number
  /** Users of an arm, each followed to the end, before anything is concluded. */
  minUsers: number
  /** How long a user's reward is counted after the first list of the arm, days of event time. */
  days: number
}

/** Cron expressions (node-cron); absent means never. */
export interface Schedule {
  snapshot?: string
  checkpoint?: string
  compaction?: string
  retention?: { cron: string; olderThanDays: number }
}

export interface Source {
  /** Folder used without --source; relative to the package (to the module, for one given by its path). */
  folder?: string
  /** What --source gives: a folder (default), or a text such as a list of numbers. */
  kind?: 'folder' | 'text'
  /** Read the folder. Order is the order of append; ids and times must not depend on the run. */
  read: (folder: string) => SourceReader
}

export interface SourceReader {
  /** Names the data, not where it lies; `import` finds by it what it wrote before. Default: the folder's own name. */
  name?: string
  profiles: () => AsyncIterable<UserProfile> | Iterable<UserProfile>
  items: () => AsyncIterable<Item> | Iterable<Item>
  events: () => AsyncIterable<BehaviourEvent> | Iterable<BehaviourEvent>
  /** How many events there are, if that is cheap to know; for the progress bar. */
  eventCount?: () => Promise<number> | number
}

/**
 * How simulated people use a pipeline: their reactions, and what is known of them and of items, as its records. All pure.
 *
 *     simulate: {
 *       event: ({ watch, like }) => ({ behaviour: 'view', value: watch, properties: { like } }),
 *       profile: ({ profile, taste }) => ({ profile: numbersText(profile), taste: numbersText(taste) }),
 *       item: ({ title, genres, vector }) => ({ title, attributes: { vector: numbersText(vector) }, tags: genres }),
 *     }
 */
export interface Simulation {
  /** One item shown to one person, as an event; the simulator adds ids, the time and the list that it answers. */
  event: (step: SimulatedStep) => Pick<BehaviourEvent, 'behaviour' | 'value' | 'properties'>
  profile: (person: SimulatedPerson) => UserProfile['attributes']
  item: (item: SimulatedItem) => Pick<Item, 'title' | 'attributes' | 'tags'>
}

/** How a simulated person took an item. */
export interface SimulatedStep {
  /** Share of it that was watched, 0 … 1. */
  watch: number
  /** 1 if it was liked, else 0. */
  like: number
}

/** What may be known of a simulated person: P numbers of their profile and D of their taste. */
export interface SimulatedPerson {
  profile: ArrayLike<number>
  taste: ArrayLike<number>
}

/** What may be known of a simulated item: D numbers in the coordinates of tastes, and its genres. */
export interface SimulatedItem {
  title: string | null
  genres: readonly string[]
  vector: ArrayLike<number>
}

export interface BehaviourEvent {
  /** Unique per event; a record without one gets its partition and offset. */
  eventId: string
  userId: string
  itemId: string
  behaviour: string
  /** Event time, ms since 1970. */
  time: number
  /** The one number of this behaviour (a rating, seconds watched), if it has one. */
  value: number | null
  /** Further named numbers (duration, likes). */
  properties: Readonly<Record<string, number>>
  /** The list that this event answers, if the service knows. */
  recommendationId: string | null
}

export interface UserProfile {
  userId: string
  attributes: Readonly<Record<string, string>>
}

export interface Item {
  itemId: string
  title: string | null
  attributes: Readonly<Record<string, string>>
  tags: readonly string[]
}
