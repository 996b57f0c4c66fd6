import { prefixed, type SavedArrays, withPrefix } from '../../../state/saved-arrays.ts'
import { admitAll } from '../admit-all.ts'
import { tellingSurroundings } from '../surroundings.ts'
import type { Touched } from './exchanged.ts'
import type { PartName } from './merging.ts'
import type { ShardSource } from './shard-source.ts'
import { sharedEnsemble } from './shared-ensemble.ts'
import { sharedLogistic } from './shared-logistic.ts'
import type { ShardOptions } from './shared-policy.ts'

/** One of several learners: it has the events of its users, and all items. */
export interface ShardLearner {
  /** Predict a row's reward, then learn it. */
  pass(row: number): number
  /** What it has learned since the last exchange that others may use; plain arrays. */
  give(): SavedArrays
  /** Take what all have given, itself included, in the order of the learners. */
  take(given: readonly SavedArrays[], own: number): void
}

/**
 * The policy that decides a pipeline's accuracy as one of several learners, whose users are others: the ensemble for ratings, the
 * logistic regression for watch rewards.
 *
 * All have the same slots of users and items, so that what is exchanged needs no ids; a learner of a run would send these along.
 */
export function shardLearner(source: ShardSource, options: ShardOptions): ShardLearner {
  const shared = source.scale === 'watch' ? sharedLogistic(source, options) : sharedEnsemble(source, options)
  const { policy } = shared
  admitAll(policy, source)
  const { surroundings } = source
  const textOf = surroundings === null ? null : (row: number) => surroundings.texts[surroundings.ofRow[row]!]!
  const tellSurroundings = tellingSurroundings(policy, source, textOf)
  const exchanged = Object.entries(shared.parts())
    .filter(([name]) => options.exchanged.includes(name as PartName))
    .flatMap(([name, each]) => each.map((part, k) => [`${name}${k}`, part] as const))
  const events = new Int32Array(source.itemIds.length)

  return {
    pass(row) {
      const [user, item, time] = [source.user[row]!, source.item[row]!, source.time[row]!]
      tellSurroundings(row)
      const predicted = policy.predict(user, item, time)
      policy.learn(user, item, source.reward[row]!, time)
      events[item]! += 1
      return predicted
    },
    give() {
      const touched = touchedOf(events)
      events.fill(0)
      return Object.assign({}, ...exchanged.map(([name, part]) => prefixed(name, part.give(touched))))
    },
    take(given, own) {
      for (const [name, part] of exchanged) {
        part.take(
          given.map(arrays => withPrefix(name, arrays)),
          own,
        )
      }
    },
  }
}

function touchedOf(events: Int32Array): Touched {
  const items = Int32Array.from(events.keys()).filter(item => events[item]! > 0)
  return { items, events: items.map(item => events[item]!) }
}
