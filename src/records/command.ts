/** What a person, or the guard, wants done with the arms, the users or the weights of a pipeline; as it stands on the commands topic. */
export interface Command {
  /** Unique; an applied command stands again under its id. */
  commandId: string
  kind: CommandKind
  /**
   * `shares`: what each arm gets from now on, relative to the others; an arm that is not named gets nothing. Once a command is
   * taken in: the shares that it led to, whatever its kind.
   */
  shares: Readonly<Record<string, number>>
  /** `promote`: the arm that everybody gets from now on; `guard`: the one that was taken out. Else null. */
  arm: string | null
  /** `merge`: the user who was not known, and whom that was; else null. */
  fromUser: string | null
  toUser: string | null
  /** When it was given, ms since 1970 by the clock of whoever gave it. */
  time: number
  /** Why, in words; may be empty. */
  reason: string
  /** Row number of the sequence before which it takes effect; null on a command as it was given. */
  appliedAt: number | null
  /** Of a command to forget somebody: whom, and how far it has come. */
  forget?: Forget
  /** Of a command to take up other weights: which ones. */
  weights?: OtherWeights
}

/** What is wanted; the rest of a command is filled in when it is given. */
export type WantedCommand = Pick<Command, 'kind'> & Partial<Command>

/** A command as it is given. */
export function givenCommand(wanted: WantedCommand, { commandId, time }: Pick<Command, 'commandId' | 'time'>): Command {
  const nobody = { shares: {}, arm: null, fromUser: null, toUser: null }
  return { commandId, ...nobody, time, reason: '', appliedAt: null, ...wanted }
}

/** Which weights the networks take up. */
export interface OtherWeights {
  /**
   * The version to go back to, of which the learner has a checkpoint, or of one before; once taken in, the version that they are
   * of. Null where they are given.
   */
  version: number | null
  /** The weights, a safetensors file in base64; null of a version, until the learner has taken the command in. */
  tensors: string | null
}

/** What a command to forget somebody says. */
export interface Forget {
  /** Keyed hashes of the person's ids, each behind the name of its key; never an id. */
  people: readonly string[]
  stage: ForgetStage
  /** The newest row that is theirs; what comes under their ids later is somebody new's. Null before ingest took it in. */
  upTo: number | null
  /** Offsets up to which records of the person are passed over, by `<topic>/<partition>`. */
  until: Readonly<Record<string, number>>
  /** How much was removed, by the place where it was. */
  removed: Readonly<Record<string, number>>
  /** Of a pipeline of several parts: what each of them has done of it. */
  parts?: readonly ForgetPart[]
}

/** What a part of ingest has done of forgetting somebody. */
export interface ForgetPart {
  part: number
  /** The part's newest row that is theirs. */
  upTo: number
  /** Nothing of them is left in its tables and on its partitions. */
  cleared: boolean
}

/**
 * A command to forget somebody stands on the topic five times: as it was given; as ingest took it in; as the learner did, with
 * the row from which on it holds there; once the learner keeps no older state; once nothing is left. Of several parts of ingest each
 * says for itself that it has noted it (as given, still), and that it has cleared its own (as learned).
 */
export type ForgetStage = (typeof forgetStages)[number]
export const forgetStages = ['given', 'taken', 'accepted', 'learned', 'done'] as const

/**
 * `roll-back` undoes the newest command about arms that is not undone yet; `guard` is what a learner did by itself; `merge`
 * says that two users are one, `forget` that nothing is to be left of somebody, `weights` that the networks go on from others.
 */
export type CommandKind = (typeof commandKinds)[number]
export const commandKinds = ['shares', 'promote', 'roll-back', 'guard', 'merge', 'forget', 'weights'] as const

/** Header of a block of interest sequences: the offset on the commands topic up to which ingest had read when it made it. */
export const mergesReadHeader = 'recstream-merges-read'

/** A version is a number of events; avsc encodes none beyond 2^53 − 2. */
export const newestVersion = 2 ** 52

/** Whether a command may change the shares of arms. */
export function isAboutArms({ kind }: Pick<Command, 'kind'>): boolean {
  return kind !== 'merge' && kind !== 'forget' && kind !== 'weights'
}
