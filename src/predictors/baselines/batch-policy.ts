import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { clipReward, type Policy } from './policy.ts'
import { ratingLog, toReward } from './rating-log.ts'
import type { Trainset } from './trainset.ts'

/** Something trained on a trainset, which cannot learn on. */
export interface Model {
  /** A rating on the scale of 1 to 5, not clipped; −1 stands for a user or item that the trainset does not have. */
  estimate(user: number, item: number): number
  save(): SavedArrays
}

export interface BatchMethod {
  readonly name: string
  /** Yields the share done. */
  train(set: Trainset): Generator<number, Model>
  restore(arrays: SavedArrays): Model
}

export interface BatchPolicy extends Policy {
  fit(): void
  fitSteps(): Generator<number, void>
}

export interface BatchOptions {
  /** Events kept to fit from; the oldest leave first. */
  capacity: number
}

const batchDefaults: BatchOptions = { capacity: 4_194_304 }

/**
 * A policy that only records events as it learns and is trained by `fit`; before that it predicts the mean.
 *
 *     const policy = batchPolicy(svd({ seed: 1 }))
 *     policy.learn(user, item, reward, time)
 *     policy.fit()
 *
 * What happened since the last fit changes no prediction, except that a slot which passes to another id is unknown at once.
 */
export function batchPolicy(method: BatchMethod, { capacity } = batchDefaults): BatchPolicy {
  const log = ratingLog(capacity)
  let model: Model | null = null
  let userOf: Int32Array = new Int32Array()
  let itemOf: Int32Array = new Int32Array()

  function* fitSteps(): Generator<number, void> {
    if (log.length === 0) return
    const slotted = log.trainset()
    if (slotted.set.length === 0) return
    model = yield* method.train(slotted.set)
    userOf = slotted.userOf
    itemOf = slotted.itemOf
  }
  const known = (column: Int32Array, slots: number) => {
    const padded = new Int32Array(slots).fill(-1)
    padded.set(column.subarray(0, slots))
    return padded
  }

  return {
    name: method.name,
    predict(user, item) {
      if (model === null) return log.mean()
      return clipReward(toReward(model.estimate(userOf[user] ?? -1, itemOf[item] ?? -1)))
    },
    learn: (user, item, reward) => log.record(user, item, reward),
    fitSteps,
    fit() {
      for (const _ of fitSteps());
    },
    resetUser(slot) {
      log.resetUser(slot)
      if (slot < userOf.length) userOf[slot] = -1
    },
    resetItem(slot) {
      log.resetItem(slot)
      if (slot < itemOf.length) itemOf[slot] = -1
    },
    save: (users, items) => ({
      ...prefixed('log', log.save(users, items)),
      ...(model && { userOf: known(userOf, users), itemOf: known(itemOf, items), ...prefixed('model', model.save()) }),
    }),
    restore(arrays) {
      log.restore(withPrefix('log', arrays))
      if (arrays['userOf'] === undefined) return
      userOf = (arrays['userOf'] as Int32Array).slice()
      itemOf = (arrays['itemOf'] as Int32Array).slice()
      model = method.restore(withPrefix('model', arrays))
    },
  }
}
