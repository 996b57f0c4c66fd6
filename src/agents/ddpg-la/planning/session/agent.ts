import { seededRandom } from '../../../../state/random.ts'
import { copies, copyBack, prefixed, withPrefix } from '../../../../state/saved-arrays.ts'
import { byteColumn, columnSet, doubleColumn, floatColumn, intColumn } from '../../../../state/slot-column.ts'
import type { Catalogue } from '../../../catalogue.ts'
import { decayed } from '../../../draw.ts'
import type { PlanningAgent } from '../../../planning-agent.ts'
import { scoredChoices } from '../../../scored-choices.ts'
import { itemFeatures } from '../index/item-features.ts'
import { fatigueSpeeds } from '../index/speeds.ts'
import { featureCount, stateSize, userMemory } from '../index/user-memory.ts'
import type { DdpgOptions } from '../options.ts'
import { sessionCritic } from './critic.ts'
import { finishedSessions } from './finished-sessions.ts'
import { heldWeights, learnedCount, type Standing } from './held-weights.ts'

/** Of the fourteen state numbers those that say something of a session's return. */
const stateUsed = [2, 3, 4, 5, 6, 9, 11, 12]

/**
 * DDPG-LA with one action a session: the weights of an index over what is known of items, chosen when a session begins.
 *
 * The score of an item is w·f, f its rating estimate, popularity's residual, fatigue at three speeds, interest and newness.
 * The rating's weight is 1 and the others begin at 0: it begins as the rating ranker. An actor that is a vector, a critic
 * that is quadratic in the action: what a deterministic policy gradient climbs (Silver et al. 2014) is then a ridge regression
 * away, without networks.
 *
 * - A session is served by weights that are held for it: the learned ones with noise (exploration), without, or the base's.
 * - Within it every item is drawn from a softmax of the scores, a few at random: given the held weights, which are part of
 *   what the agent knows when it chooses, propensities are exact.
 * - Sessions under the learned weights are compared with those under the base's; while they are surely worse, the base serves.
 */
export function sessionAgent(
  catalogue: Catalogue,
  { seed, options: o }: { seed: number; options: DdpgOptions },
): PlanningAgent {
  const exploration = seededRandom(seed, 'ddpg-la.exploration')
  const key = Float64Array.of(seededRandom(seed, 'ddpg-la.noise').integer(2 ** 31))
  const items = itemFeatures(catalogue)
  const memory = userMemory(catalogue, items, { speeds: fatigueSpeeds(o), gapMs: 60_000 * o.sessionMinutes })
  const sessions = finishedSessions(o.sessions, learnedCount, stateUsed.length)
  const critic = sessionCritic({
    ...{ weights: learnedCount, states: stateUsed.length, fade: o.fade, capDays: o.capDays },
  })
  /** The session that each user is in. */
  const columns = {
    weights: floatColumn(learnedCount),
    kind: byteColumn(),
    start: doubleColumn(1, Number.NaN),
    step: doubleColumn(),
    state: floatColumn(stateUsed.length),
    reward: doubleColumn(),
    shown: intColumn(),
    own: intColumn(),
    row: doubleColumn(1, -1),
  }
  const present = columnSet(columns)
  const arrays = {
    key,
    random: exploration.state,
    /** Events observed, updates, updates left out. */
    counts: new Float64Array(3),
    centre: new Float64Array(learnedCount),
    served: new Float64Array(learnedCount),
    /** The centres of the last updates, as a ring. */
    centres: new Float64Array(remembered * learnedCount),
    /** How far the learned weights are ahead of the base's, in standard errors; 1 while the base serves. */
    gate: new Float64Array(2),
  }
  const { counts, centre, served, centres, gate } = arrays
  const held = heldWeights()
  const standing: Standing = { centre, served, noise: 0, base: 0, mean: 0 }
  const greedy = new Float64Array(featureCount)
  greedy[0] = 1
  const state = new Float64Array(stateSize)
  const used = new Float64Array(stateUsed.length)

  const stand = (): Standing => {
    standing.noise = decayed(o.noise, counts[0]!)
    const mean = 1 - o.baseShare - decayed(o.noisy, counts[0]!) * (1 - o.baseShare)
    const isClosed = gate[1] === 1
    standing.base = isClosed ? mean : o.baseShare
    standing.mean = isClosed ? o.baseShare : mean
    return standing
  }
  /** The weights of the session that a decision at this time falls into, into `held`. */
  const hold = (user: number, time: number) => {
    if (memory.begins(user, time)) return held.draw(key[0]!, user, time, stand())
    for (let k = 0; k < learnedCount; k++) held.weights[1 + k] = columns.weights.data[user * learnedCount + k]!
  }
  const serving = () => {
    for (let k = 0; k < learnedCount; k++) greedy[1 + k] = gate[1] === 1 ? 0 : served[k]!
    return greedy
  }
  const choices = scoredChoices(catalogue, exploration, {
    scores(user, time, explore) {
      memory.look(user, time)
      if (!explore) return memory.scores(serving())
      hold(user, time)
      return memory.scores(held.weights)
    },
    drawing: explore => (explore ? { epsilon: o.draw.random, temperature: o.draw.temperature } : certain),
  })

  const finish = (user: number, time: number) => {
    const [shown, own] = [columns.shown.data[user]!, columns.own.data[user]!]
    if (shown === 0 || own === 0) return
    const at = user * learnedCount
    columns.row.data[user] = sessions.add(
      {
        weights: columns.weights.data.subarray(at, at + learnedCount),
        state: columns.state.data.subarray(user * stateUsed.length, (user + 1) * stateUsed.length),
        kind: columns.kind.data[user]!,
        reward: columns.reward.data[user]!,
        days: (time - columns.start.data[user]!) / day,
        own: own / shown,
        step: columns.step.data[user]!,
      },
      columns.row.data[user]!,
    )
  }
  const begin = (user: number, time: number) => {
    held.draw(key[0]!, user, time, stand())
    columns.weights.data.set(held.weights.subarray(1), user * learnedCount)
    columns.kind.data[user] = held.kind
    columns.start.data[user] = time
    columns.step.data[user] = counts[0]!
    columns.reward.data[user] = 0
    columns.shown.data[user] = 0
    columns.own.data[user] = 0
    memory.writeState(state)
    for (const [k, place] of stateUsed.entries()) used[k] = state[place]!
    columns.state.data.set(used, user * stateUsed.length)
  }
  const known = (user: number) => {
    if (user >= columns.row.data.length) for (const column of Object.values(columns)) column.reserve(user + 1)
  }
  /** The mean of the last third of the centres, which wanders less than the last of them. */
  const average = () => {
    const updates = counts[1]! - counts[2]!
    const taken = Math.min(remembered, Math.max(1, Math.floor(updates / 3)))
    served.fill(0)
    for (let back = 1; back <= taken; back++) {
      const from = ((updates - back) % remembered) * learnedCount
      for (let k = 0; k < learnedCount; k++) served[k]! += centres[from + k]! / taken
    }
  }

  return {
    name: 'ddpg-la',
    trainEvery: o.updateEvery,
    get steps() {
      return counts[1]!
    },
    get dropped() {
      return counts[2]!
    },
    resetUser(user) {
      memory.reset(user)
      present.reset(user)
    },
    forgetUser: user => sessions.forget(columns.row.data[user] ?? -1),
    ...choices,
    observe(user, shown, learn) {
      if (!Number.isFinite(shown.reward)) return
      known(user)
      const moment = memory.moment(user, shown)
      const isNew = memory.begins(user, moment)
      memory.look(user, moment)
      if (isNew) {
        if (learn) finish(user, moment)
        begin(user, moment)
      }
      memory.add(user, shown)
      if (!learn) return
      columns.reward.data[user]! += Math.min(1, Math.max(0, shown.reward))
      columns.shown.data[user]! += 1
      if (shown.propensity > 0) columns.own.data[user]! += 1
      counts[0]! += 1
    },
    train() {
      if (sessions.held < o.sessionsFirst) return
      const noise = decayed(o.noise, counts[0]!)
      const t = critic.climb(sessions, centre, noise, counts[0]!)
      counts[1]! += 1
      if (!t.every(Number.isFinite)) {
        counts[2]! += 1
        return
      }
      for (let k = 0; k < learnedCount; k++) centre[k]! += o.climb * noise * Math.tanh(t[k]! / 3)
      centres.set(centre, ((counts[1]! - counts[2]! - 1) % remembered) * learnedCount)
      average()
      gate[0] = critic.compare(sessions, counts[0]!, enough)
      gate[1] = gate[0]! < -o.surely ? 1 : gate[1] === 1 && gate[0]! < 0 ? 1 : 0
    },
    save: users => ({
      ...copies(arrays),
      ...prefixed('memory', memory.save(users)),
      ...prefixed('present', present.save(users)),
      ...prefixed('sessions', sessions.save()),
    }),
    restore(saved) {
      copyBack(arrays, saved)
      memory.restore(withPrefix('memory', saved))
      present.restore(withPrefix('present', saved))
      sessions.restore(withPrefix('sessions', saved))
    },
    dispose() {},
  }
}

const day = 86_400_000
const certain = { epsilon: 0, temperature: 0 }
/** Centres that are remembered: the last third is served, of the last three hundred updates at most. */
const remembered = 100
/** Sessions of either kind before the learned weights are compared with the base's. */
const enough = 20
