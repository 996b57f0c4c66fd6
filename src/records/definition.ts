import type {
  CleanSettings,
  GeneralSettings,
  GuardSettings,
  LearnSettings,
  PlanSettings,
  RecommendSettings,
  Schedule,
  WindowSettings,
} from '../settings/types.ts'
import type { BehaviourMeaning } from './behaviours.ts'
import type { Rule } from './rules.ts'

/** What a pipeline is: one typed description from which every stage takes its settings. */
export interface PipelineDefinition extends GeneralSettings {
  /** Lower-case letters, digits and dashes; the prefix of every topic. */
  name: string
  description: string
  /** Event types that are known; any other is a dead letter. */
  behaviours: readonly string[]
  /** What each of them means to lists: whether its item comes back, whether lists are there for it. */
  meanings: Readonly<Record<string, BehaviourMeaning>>
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
     * The tokens stand among the user's, each with "@" before it. A token that contains the outcome makes scores worthless.
     */
    context?: (event: BehaviourEvent) => string[]
  }
  /**
   * What must be true of an item, or it is in no list: an expression (CEL) over `item`, or a function, which must be pure.
   * It is asked when an item comes or changes.
   */
  available?: Available
  clean: CleanSettings
  window: WindowSettings
  learn: LearnSettings
  recommend: RecommendSettings
  /** The policies that compete for users; default: one, `defaultArms`. */
  arms: readonly Arm[]
  /** What may stand in a list, and where; they hold for the lists of every arm. Default: none. */
  rules: readonly Rule[]
  plan: PlanSettings
  guard: GuardSettings
  schedule: Schedule
  /** Where `import` and `start` get records from when the pipeline is not fed by other services. */
  source?: Source
  /** How simulated people use it; only a pipeline that has this can be driven by `recstream simulate live`. */
  simulate?: Simulation
  /** What records of input topics say that have a shape of their own; without it they have ours. Must be pure. */
  decode?: Decode
}

export type Available = string | ((item: Item) => boolean)

/**
 * Functions from a record in somebody else's shape to ours, one for each input topic that needs it.
 *
 *     decode: {
 *       event: ({ value }) => {
 *         const behaviour = { product_view: 'view', order: 'buy' }[read.text(value, 'action')]
 *         if (behaviour === undefined) return null
 *         const [userId, itemId] = [read.text(value, 'visitor.id'), read.text(value, 'product.sku')]
 *         return { userId, itemId, behaviour, time: read.isoTime(value, 'at') }
 *       },
 *     }
 *
 * Null passes a record over: it is not ours, and no dead letter. What a function throws, or returns wrong, is one dead letter.
 * One record is one event at most, since an event is known by its record's partition and offset.
 *
 * A function is asked again at every replay, and for a profile or an item once more without the value: the key must say the
 * same id, since compaction and deletes go by it. What stands in single-object encoding (`import` and `send` write it) has
 * our shape and passes by.
 */
export interface Decode {
  event?: (record: ForeignRecord) => DecodedEvent | null
  profile?: (record: ForeignRecord) => DecodedProfile | DeletedProfile | null
  item?: (record: ForeignRecord) => DecodedItem | DeletedItem | null
}

/** A record out of its framing. */
export interface ForeignRecord {
  /** JSON as JSON.parse gives it; Avro and Protobuf as a plain object; null where the record has none (a delete, most often). */
  value: unknown
  /** Text; an object for JSON or a framed key; the bytes where they are neither; null without a key. */
  key: unknown
  headers: Readonly<Record<string, Buffer>>
  /** The record's own, milliseconds since 1970. */
  timestamp: number
  partition: number
  offset: number
}

/** An event as `decode.event` returns it; what may be left out has the default of the topic. */
export type DecodedEvent = Pick<BehaviourEvent, 'userId' | 'itemId' | 'behaviour' | 'time'> &
  Partial<Nullable<Pick<BehaviourEvent, 'eventId' | 'value' | 'properties' | 'recommendationId'>>>

export type DecodedProfile = Pick<UserProfile, 'userId'> & Partial<Nullable<Omit<UserProfile, 'userId'>>>
export type DecodedItem = Pick<Item, 'itemId'> & Partial<Nullable<Omit<Item, 'itemId'>>>
/** The user's profile is gone. */
export type DeletedProfile = Pick<UserProfile, 'userId'> & { deleted: true }
/** The item is gone. */
export type DeletedItem = Pick<Item, 'itemId'> & { deleted: true }

type Nullable<T> = { [Key in keyof T]: T[Key] | null }

/** How scores are shown: ratings as RMSE and MAE on their own scale, watch rewards as AUC and log loss. */
export type Scale = { kind: 'rating'; min: number; max: number } | { kind: 'watch'; positiveFrom: number }

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
  /** Several of one item are what became of it, in order of time. */
  items: () => AsyncIterable<SourceItem> | Iterable<SourceItem>
  events: () => AsyncIterable<BehaviourEvent> | Iterable<BehaviourEvent>
  /**
   * The files that all rows come from, beside the module. Where it says so, an import that came to its end is not made again
   * while they are as they were. None: the rows come from the text that --source gives.
   */
  files?: () => Promise<readonly string[]> | readonly string[]
  /** How many events there are, if that is cheap to know; for the progress bar. */
  eventCount?: () => Promise<number> | number
}

/** An item as a source gives it. */
export interface SourceItem extends Item {
  /** Since when it is so, ms. Default: before the first event. */
  time?: number
  /** It is gone; the rest does not matter. */
  deleted?: true
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
  /** Unique per event; null where its producer gave none. */
  eventId: string | null
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
