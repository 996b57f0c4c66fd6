import type { Command } from '../records/command.ts'
import type { InterestBlock } from '../records/interest-block.ts'
import type { ModelVersion, Score, ServedScore } from '../records/model-version.ts'
import type { Answer, Question } from '../records/question.ts'
import type { Recommendation } from '../records/recommendation.ts'
import type { Accepted } from './arms/arm-control.ts'
import type { Explanation } from './explain.ts'

/**
 * The learner's pure core: interest sequences in, recommendations and model versions out, nothing else touched.
 *
 * Per sequence, in this order: predict, score, learn what is learned per event, advance the user's state, remember the
 * transition, recommend. The count of sequences is the training clock: the weights trained on step k's block take
 * effect at (k + 2)·blockSize, so neither poll sizes nor block boundaries enter the arithmetic.
 */
export interface Learner {
  /** Row number of the last sequence consumed; 0 before the first. */
  readonly position: number
  /** Count of the sequences learned from, and of full training steps among them. */
  readonly sequences: number
  readonly step: number
  /** Mini-batches of the networks that were left out because a loss or gradient was not finite. */
  readonly dropped: number
  /** Users and items that are remembered. */
  readonly users: number
  readonly items: number
  /** The policy whose lists are served. */
  readonly champion: string
  /** The policies that are scored, in the order of `ConsumeOptions.predicted`. */
  readonly policies: readonly string[]
  /** Consume sequences [from, to) of a block; those at or below `position` are skipped. */
  consume(block: InterestBlock, from: number, to: number, options?: ConsumeOptions): LearnerOutput
  /**
   * Why items are what they are to a user; null when the user is not known. `block` holds one sequence whose short window
   * is the user's last records; nothing changes.
   */
  explain(asked: { block: InterestBlock; userId: string; time: number; itemIds: readonly string[] }): Explanation | null
  /** Answer from what is held now; nothing that is learned changes by it, nor any list that follows. */
  answer(question: Question): Answer
  /** Offset of the last event of a partition of the input that was consumed; −1 before the first. */
  reached(partition: number): number
  /** Shares of the arms now, by arm. */
  readonly shares: Readonly<Record<string, number>>
  /** A command as it holds from the next sequence on, with the shares that it leads to; nothing changes before `schedule`. */
  accept(command: Command): Accepted
  /** Apply an accepted command, by itself, when its sequence comes. In the order of acceptance; `save` does not hold it. */
  schedule(command: Command): void
  /** Who is to be forgotten before the sequence of a row is forgotten now: what comes next is that sequence, or a later one. */
  forgetBefore(row: number): void
  /** What people should be told of the definition's rules, each sentence once. */
  notices(): string[]
  /** A version of what has been learned so far; `consume` returns one at every checkpointEvery sequences by itself. */
  version(): ModelVersion
  scores(): Score[]
  /** How good the published lists were, by arm. */
  served(): ServedScore[]
  /** SHA-256 of everything that was learned (networks and baselines), hex. */
  weightsSha256(): string
  /** All of the state; `restore` of it and going on equals never having stopped. */
  save(): LearnerState
  /**
   * The same in pieces of milliseconds, between which questions can be answered; nothing may be consumed or restored before the
   * last.
   */
  saving(): Generator<void, LearnerState>
  restore(state: LearnerState): void
  dispose(): void
}

/** How experiments look at a learner, and hold it still. */
export interface ConsumeOptions {
  /** Predict, score and move windows and recurrent states on, but learn nothing and recommend nothing. */
  frozen?: boolean
  /** Receives every policy's prediction of sequence `k`, rewards in [0, 1], before it is learned from; the array is overwritten. */
  predicted?: (k: number, predictions: Float64Array) => void
  /** Receives the list for this user that the row gives rise to, if it does, with why it is so; nothing changes by that. */
  explain?: { sequence: number; userId: string; take: (explained: ExplainedList) => void }
}

/** A list and why it is what it is, as of the moment when it was made. */
export interface ExplainedList {
  list: Recommendation
  explanation: Explanation
}

export interface LearnerOutput {
  recommendations: Recommendation[]
  versions: ModelVersion[]
  /** What the guard did by itself. */
  commands: Command[]
}

/** Named arrays and a JSON-able rest; what a checkpoint file holds. */
export interface LearnerState {
  arrays: Record<string, StateArray>
  meta: Record<string, unknown>
}

export type StateArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array | BigInt64Array
