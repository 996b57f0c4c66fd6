import { seededRandom } from '../../../../state/random.ts'
import { copies, copyBack, prefixed, withPrefix } from '../../../../state/saved-arrays.ts'
import type { Catalogue } from '../../../catalogue.ts'
import { decayed } from '../../../draw.ts'
import type { PlanningAgent } from '../../../planning-agent.ts'
import { scoredChoices } from '../../../scored-choices.ts'
import { kinds } from '../index/finished-sessions.ts'
import { baseGate } from '../index/gate.ts'
import { itemFeatures } from '../index/item-features.ts'
import { sessionStateSize, userSessions } from '../index/sessions.ts'
import { fatigueSpeeds } from '../index/speeds.ts'
import { featureCount, stateSize, userMemory } from '../index/user-memory.ts'
import { heldNames, indexView, named } from '../index/views.ts'
import type { DdpgOptions } from '../options.ts'
import { sessionCritic } from './critic.ts'

/** Weights that are learned: all but that of ẑ, which is 1. */
const learned = featureCount - 1

/**
 * DDPG-LA with one action a session: the weights of an index over what is known of items, chosen when a session begins.
 *
 * The score of an item is w·f, f its rating estimate, popularity's residual, fatigue at three speeds, interest and newness.
 * The rating's weight is 1 and the others begin at 0: it begins as the rating ranker. The actor is a vector and the critic
 * quadratic in the action, so that the gradient that a deterministic policy climbs (Silver et al. 2014, Deterministic Policy
 * Gradient Algorithms) comes out of a ridge regression, without networks.
 *
 * - Weights are held for a session: the learned ones with noise (exploration), without, or the base's.
 * - Within it every item is drawn from a softmax of the scores, a few at random. What is held is part of what the agent knows
 *   when it chooses, so propensities are exact.
 * - Sessions under the learned weights are compared with those under the base's; while they are surely worse, the base serves.
 */
export function sessionAgent(
  catalogue: Catalogue,
  { seed, options: o }: { seed: number; options: DdpgOptions },
): PlanningAgent {
  const exploration = seededRandom(seed, 'ddpg-la.exploration')
  const items = itemFeatures(catalogue)
  const speeds = fatigueSpeeds(o)
  const memory = userMemory(catalogue, items, { speeds, gapMs: 60_000 * o.sessionMinutes })
  const gate = baseGate(o)
  const arrays = {
    key: Float64Array.of(seededRandom(seed, 'ddpg-la.noise').integer(2 ** 31)),
    exploration: exploration.state,
    /** Events observed, updates, updates left out. */
    counts: new Float64Array(3),
    centre: new Float64Array(learned),
    served: new Float64Array(learned),
    /** The centres of the last updates, as a ring. */
    centres: new Float64Array(remembered * learned),
    gate: gate.state,
  }
  const { counts, centre, served, centres } = arrays
  const critic = sessionCritic({ weights: learned, states: sessionStateSize, fade: o.fade, capDays: o.capDays })
  const sessions = userSessions({
    ...{ memory, capacity: o.sessions, width: learned, key: arrays.key, stateSize },
    shares: () => gate.shares(counts[0]!),
    draw(kind, random, into) {
      const noise = decayed(o.noise, counts[0]!)
      for (let k = 0; k < learned; k++) {
        into[k] = kind === kinds.base ? 0 : kind === kinds.mean ? served[k]! : centre[k]! + noise * random.normal()
      }
    },
  })
  const weights = new Float64Array(featureCount)
  weights[0] = 1
  /** The weights that a list is made by, for whoever is looked at as of then. */
  const weigh = (user: number, time: number, explore: boolean) => {
    memory.look(user, time)
    if (explore) weights.set(sessions.hold(user, time).numbers, 1)
    else if (gate.isClosed) weights.fill(0, 1)
    else weights.set(served, 1)
    return weights
  }
  const choices = scoredChoices(catalogue, exploration, {
    scores: (user, time, explore) => memory.scores(weigh(user, time, explore)),
    drawing: explore => (explore ? { epsilon: o.draw.random, temperature: o.draw.temperature } : certain),
  })
  /** The mean of the last third of the centres, which wanders less than the last of them. */
  const average = () => {
    const updates = counts[1]! - counts[2]!
    const taken = Math.min(remembered, Math.max(1, Math.floor(updates / 3)))
    served.fill(0)
    for (let back = 1; back <= taken; back++) {
      const from = ((updates - back) % remembered) * learned
      for (let k = 0; k < learned; k++) served[k]! += centres[from + k]! / taken
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
      sessions.reset(user)
    },
    forgetUser: sessions.forget,
    ...choices,
    why: (user, { time, explore }, item) => memory.parts(item, weigh(user, time, explore)),
    index: () => ({ serves: !gate.isClosed, weights: named([1, ...served]) }),
    userIndex(user, { time, explore }) {
      const by = weigh(user, time, explore)
      const kind = explore ? sessions.hold(user, time).kind : gate.isClosed ? kinds.base : kinds.mean
      return indexView(heldNames[kind]!, by, speeds, memory.tired(by))
    },
    observe(user, shown, learn) {
      if (!Number.isFinite(shown.reward)) return
      const moment = memory.moment(user, shown)
      memory.look(user, moment)
      sessions.enter(user, moment, counts[0]!, learn)
      memory.add(user, shown, learn)
      if (!learn) return
      sessions.gather(user, shown.time, shown.reward, shown.propensity > 0)
      counts[0]! += 1
    },
    train() {
      const { finished } = sessions
      sessions.endLost(counts[0]!, o.capDays)
      if (finished.held < o.sessionsFirst) return
      const noise = decayed(o.noise, counts[0]!)
      const t = critic.climb(finished, centre, noise, counts[0]!)
      counts[1]! += 1
      if (!t.every(Number.isFinite)) {
        counts[2]! += 1
        return
      }
      for (let k = 0; k < learned; k++) centre[k]! += o.climb * noise * Math.tanh(t[k]! / 3)
      centres.set(centre, ((counts[1]! - counts[2]! - 1) % remembered) * learned)
      average()
      gate.judge(finished, counts[0]!)
    },
    save: users => ({
      ...copies(arrays),
      ...prefixed('memory', memory.save(users)),
      ...prefixed('sessions', sessions.save(users)),
    }),
    restore(saved) {
      copyBack(arrays, saved)
      memory.restore(withPrefix('memory', saved))
      sessions.restore(withPrefix('sessions', saved))
    },
    dispose() {},
  }
}

const certain = { epsilon: 0, temperature: 0 }
/** Centres that are remembered: the last third is served, but no more than these. */
const remembered = 100
