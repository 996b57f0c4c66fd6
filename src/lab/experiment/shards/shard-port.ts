import type { SavedArrays } from '../../../state/saved-arrays.ts'
import { type ShardLearner, shardLearner } from './shard-learner.ts'
import type { ShardSource } from './shard-source.ts'
import type { ShardOptions } from './shared-policy.ts'

/** A learner, wherever it runs; it does one thing at a time, and tells how long that took it, ms. */
export interface ShardPort {
  /** Predict and learn what rows it has of `from` … `to` − 1. */
  pass(from: number, to: number): Promise<Done>
  /** What it has learned since the last exchange. */
  give(): Promise<Done & { arrays: SavedArrays }>
  /** Take what all have given, in the order of the learners. */
  take(given: readonly SavedArrays[]): Promise<Done>
  close(): Promise<void>
}

export interface Done {
  ms: number
}

/** A learner in this thread. */
export function shardHere(source: ShardSource, own: number, options: ShardOptions, clock: () => number): ShardPort {
  const work = shardWork(shardLearner(source, options), source, own, clock)
  return {
    pass: async (from, to) => work.pass(from, to),
    give: async () => work.give(),
    take: async given => work.take(given),
    close: async () => {},
  }
}

/** What a learner does when it is asked to, timed. */
export function shardWork(learner: ShardLearner, source: ShardSource, own: number, clock: () => number) {
  const { owners, user, predictions } = source
  return {
    pass(from: number, to: number): Done {
      const started = clock()
      for (let row = from; row < to; row++) {
        if (owners[user[row]!] === own) predictions[row] = learner.pass(row)
      }
      return { ms: clock() - started }
    },
    give() {
      const started = clock()
      const arrays = learner.give()
      return { arrays, ms: clock() - started }
    },
    take(given: readonly SavedArrays[]): Done {
      const started = clock()
      learner.take(given, own)
      return { ms: clock() - started }
    },
  }
}
