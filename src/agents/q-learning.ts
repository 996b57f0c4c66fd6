import { seededRandom } from '../state/random.ts'
import { prefixed, withPrefix } from '../state/saved-arrays.ts'
import { columnSet, doubleColumn, floatColumn, intColumn } from '../state/slot-column.ts'
import type { Catalogue } from './catalogue.ts'
import { decayed } from './draw.ts'
import { daysAway } from './interest/record.ts'
import type { Choice, Choosing, PlanningAgent } from './planning-agent.ts'
import { createClusters } from './q-learning/clusters.ts'
import { leadersOf } from './q-learning/leaders.ts'
import { leadersUnderRules } from './q-learning/leaders-under-rules.ts'
import { defaultQLearning, type QLearningOptions } from './q-learning/options.ts'

/** What a pair of state and action is worth after an update: Q, what came of it, and the step size α. */
export type QUpdate = (
  value: number,
  outcome: { reward: number; discount: number; best: number },
  step: number,
) => number

/** Q(s, a) ← Q(s, a) + α·(r + γ·max Q(s′, ·) − Q(s, a)). */
export const qUpdate: QUpdate = (value, { reward, discount, best }, step) =>
  value + step * (reward + discount * best - value)

/** A user's last cluster while there is none. */
const nothing = -1

/**
 * Tabular Q-learning on clustered states.
 *
 * Christopher Watkins and Peter Dayan (1992), Q-learning, Machine Learning 8, 279–292.
 *
 *     const agent = createQLearning({ catalogue, seed: 1, options: { gamma: 0.9 } })
 *
 * State: the user's cluster × the last item's cluster × three coarse numbers of recent events (mean reward, mean fit of
 * items to the taste, how often an item came from the same cluster as the one before it), each low, middle or high.
 * Action: a cluster of items, of which the best allowed item is shown.
 *
 * What a reward is, a shop's w₁·purchase + w₂·rating, say, is the pipeline's to define; here it is a number in [0, 1].
 *
 * Where this differs from the paper, and why:
 * - Time away belongs in the target: what follows a gap of t days counts γ·e^(−t/awayDays), else leaving costs nothing.
 * - Rewards are scaled by 1 − γ, so that a value is a mean reward whatever γ is.
 * - The step falls to a floor and not to zero: users' tastes and items change.
 *
 * An event is learned from when the same user's next one shows how long the gap was, at once; `train` has nothing to add.
 */
export function createQLearning({
  catalogue,
  seed,
  options: given = {},
  update = qUpdate,
}: {
  catalogue: Catalogue
  seed: number
  options?: Partial<QLearningOptions>
  /** The rule of learning. */
  update?: QUpdate
}): PlanningAgent {
  const options = { ...defaultQLearning, ...given }
  const { itemClusters: actions, userClusters, gamma } = options
  const states = userClusters * (actions + 1) * 27
  const random = seededRandom(seed, 'q-learning')
  const clusters = createClusters(catalogue, options, random)
  const values = new Float64Array(states * actions).fill(options.firstValue)
  const visits = new Int32Array(states * actions)
  const shown = floatColumn()
  const liked = floatColumn()
  /** Events learned from, updates, events and likes of all items. */
  const counts = new Float64Array(4)

  const last = intColumn(1, nothing)
  const meanReward = floatColumn(1, 0.5)
  const meanFit = floatColumn()
  const repeats = floatColumn()
  const lastTime = doubleColumn(1, -Infinity)
  const pendingPair = intColumn(1, nothing)
  const pendingReward = floatColumn()
  const users = columnSet({ last, meanReward, meanFit, repeats, lastTime, pendingPair, pendingReward })
  let held = 0
  const makeRoom = (user: number): void => {
    for (; held <= user; held++) users.reset(held)
  }

  const stateOf = (user: number): number => {
    let state = clusters.ofUser(user) * (actions + 1) + last.data[user]! + 1
    state = 3 * state + third(meanReward.data[user]!, 0.45, 0.7)
    state = 3 * state + third(meanFit.data[user]!, 0.2, 0.9)
    return 3 * state + third(repeats.data[user]!, 0.35, 0.65)
  }

  const bestAction = (state: number, among: (action: number) => boolean): number => {
    let best = nothing
    for (let action = 0; action < actions; action++) {
      if (!among(action)) continue
      if (best === nothing || values[state * actions + action]! > values[state * actions + best]!) best = action
    }
    return best
  }

  const taste = new Float32Array(catalogue.itemSize)
  const fitOf = (item: number, vectors: Float32Array): number => {
    let fit = 0
    for (let k = 0, at = item * taste.length; k < taste.length; k++) fit += taste[k]! * vectors[at + k]!
    return fit
  }

  /** How much more often than others an item was liked, drawn towards zero while little is known of it. */
  const popularity = (item: number): number => {
    if (!(shown.data[item]! > 0)) return 0
    const rate = counts[3]! / counts[2]!
    return (liked.data[item]! - rate * shown.data[item]!) / (shown.data[item]! + 10)
  }

  /** A user's state, and the best item of each cluster that has one. */
  const leadersFor = (user: number, { allowed, rules = null }: Pick<Choosing, 'allowed' | 'rules'>) => {
    makeRoom(user)
    catalogue.readTaste(user, taste)
    const vectors = catalogue.itemVectors()
    const score = (item: number) => fitOf(item, vectors) + options.popularityWeight * popularity(item)
    const { itemCount: count } = catalogue
    const leaders =
      rules === null
        ? leadersOf(count, actions, clusters.ofItem, allowed, score)
        : leadersUnderRules(
            { scores: Float64Array.from({ length: count }, (_, item) => score(item)), count, allowed },
            actions,
            clusters.ofItem,
            rules,
          )
    return { state: stateOf(user), leaders }
  }

  /** Take in what came of the pair before, now that it is known how long the user stayed away after it. */
  const learnPending = (user: number, state: number, days: number): void => {
    const pair = pendingPair.data[user]!
    if (pair === nothing) return
    const discount = gamma * Math.exp(-days / options.awayDays)
    const best = values[state * actions + bestAction(state, () => true)]!
    const count = (visits[pair]! += 1)
    const step = Math.max(options.leastStep, 1 / count ** options.stepDecay)
    values[pair] = update(values[pair]!, { reward: (1 - gamma) * pendingReward.data[user]!, discount, best }, step)
    counts[1]! += 1
  }

  const resetUser = (user: number): void => {
    makeRoom(user)
    users.reset(user)
  }

  return {
    name: 'q-learning',
    trainEvery: Number.POSITIVE_INFINITY,
    dropped: 0,
    get steps() {
      return counts[1]!
    },
    resetUser,
    // It keeps nothing else of a user.
    forgetUser: resetUser,
    choose(user, how) {
      const { length, explore, chance: draws = random } = how
      const { state, leaders } = leadersFor(user, how)
      const chance = explore ? decayed(options.epsilon, counts[0]!) : 0
      const list: Choice[] = []
      while (list.length < length && leaders.open.length > 0) {
        const greedy = bestAction(state, action => leaders.item(action) >= 0)
        const { open } = leaders
        const action = explore && draws.uniform() < chance ? open[draws.integer(open.length)]! : greedy
        const propensity = chance / open.length + (action === greedy ? 1 - chance : 0)
        list.push({ item: leaders.item(action), propensity, score: values[state * actions + action]! })
        leaders.take(action)
      }
      return list
    },
    distribution(user, how) {
      const { state, leaders } = leadersFor(user, how)
      const chance = how.explore ? decayed(options.epsilon, counts[0]!) : 0
      const chances = new Float64Array(catalogue.itemCount)
      const { open } = leaders
      for (const action of open) chances[leaders.item(action)] = chance / open.length
      if (open.length > 0) chances[leaders.item(bestAction(state, action => leaders.item(action) >= 0))]! += 1 - chance
      return chances
    },
    observe(user, { item, reward, like, time }, learn) {
      if (!Number.isFinite(reward)) return
      makeRoom(user)
      const state = stateOf(user)
      const action = clusters.ofItem(item)
      if (learn) {
        learnPending(user, state, daysAway(time - lastTime.data[user]!))
        shown.reserve(item + 1)
        liked.reserve(item + 1)
        shown.data[item]! += 1
        liked.data[item]! += like
        counts[2]! += 1
        counts[3]! += like
        pendingReward.data[user] = reward
      }
      pendingPair.data[user] = learn ? state * actions + action : nothing
      catalogue.readTaste(user, taste)
      const fit = clusters.standardised(fitOf(item, catalogue.itemVectors()))
      meanReward.data[user] = 0.7 * meanReward.data[user]! + 0.3 * reward
      meanFit.data[user] = 0.8 * meanFit.data[user]! + 0.2 * fit
      repeats.data[user] = 0.7 * repeats.data[user]! + 0.3 * (action === last.data[user] ? 1 : 0)
      last.data[user] = action
      lastTime.data[user] = time
      if (!learn) return
      counts[0]! += 1
      clusters.learn(user)
    },
    train() {},
    save(count) {
      makeRoom(count - 1)
      shown.reserve(catalogue.itemCount)
      liked.reserve(catalogue.itemCount)
      return {
        values: values.slice(),
        visits: visits.slice(),
        shown: shown.save(catalogue.itemCount),
        liked: liked.save(catalogue.itemCount),
        counts: counts.slice(),
        random: random.state.slice(),
        ...prefixed('clusters', clusters.save()),
        ...prefixed('users', users.save(count)),
      }
    },
    restore(arrays) {
      values.set(arrays['values']!)
      visits.set(arrays['visits']!)
      shown.restore(arrays['shown'] as Float32Array)
      liked.restore(arrays['liked'] as Float32Array)
      counts.set(arrays['counts']!)
      random.state.set(arrays['random']!)
      clusters.restore(withPrefix('clusters', arrays))
      users.restore(withPrefix('users', arrays))
      held = last.data.length
    },
    dispose() {},
  }
}

/** 0, 1 or 2: below, between or above two bounds. */
const third = (value: number, low: number, high: number): number => (value > low ? 1 : 0) + (value > high ? 1 : 0)
