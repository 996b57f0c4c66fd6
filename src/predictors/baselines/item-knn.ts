import { prefixed, withPrefix } from '../../state/saved-arrays.ts'
import { createInteractions } from '../ensemble/interactions.ts'
import { itemNeighbours, neighbourDefaults } from '../ensemble/item-neighbours.ts'
import { adaptiveBias } from './adaptive-bias.ts'
import { clipReward, type Policy } from './policy.ts'

const itemKnnDefaults = {
  ...neighbourDefaults,
  power: 2,
  damping: 0.04,
  leastUsers: 3,
  /** Events remembered of each user. */
  history: 200,
}

/**
 * Item-based neighbours, one pass: biases, and what this user's past items of the same kind were off from theirs.
 *
 * Similar items are those whose residuals agree over the users that they share; at most `capacity` pairs are remembered.
 */
export function itemKnn(given: Partial<typeof itemKnnDefaults> = {}): Policy {
  const { history, ...options } = { ...itemKnnDefaults, ...given }
  const biases = adaptiveBias()
  const interactions = createInteractions({ history, past: 1, width: 2 })
  const neighbours = itemNeighbours({ ...options, interactions, column: 1 })
  const range = 4 // Residuals are in ratings of 1 to 5, which the defaults are for.

  return {
    name: 'item-knn',
    predict: (user, item, time) =>
      clipReward(biases.predict(user, item, time) + neighbours.predict(user, item) / range),
    learn(user, item, reward, time) {
      const residual = range * (reward - biases.predict(user, item, time))
      neighbours.learn(user, item, residual)
      const at = interactions.add(user, item, reward)
      interactions.ofUsers.values[2 * at + 1] = residual
      biases.learn(user, item, reward, time)
    },
    resetUser(slot, hash) {
      biases.resetUser(slot, hash)
      interactions.resetUser(slot)
    },
    resetItem(slot, hash) {
      biases.resetItem(slot, hash)
      interactions.resetItem(slot)
    },
    save: (users, items) => ({
      ...prefixed('biases', biases.save(users, items)),
      ...prefixed('encounters', interactions.save(users, items)),
      ...prefixed('neighbours', neighbours.save()),
    }),
    restore(arrays) {
      biases.restore(withPrefix('biases', arrays))
      interactions.restore(withPrefix('encounters', arrays))
      neighbours.restore(withPrefix('neighbours', arrays))
    },
  }
}
