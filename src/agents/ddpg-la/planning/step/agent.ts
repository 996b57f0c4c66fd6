import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import { gradientOf } from '../../../../nn/gradient.ts'
import { follow, toTensors, type Weights, weightsUnder } from '../../../../nn/parameters.ts'
import type { TensorFlow } from '../../../../nn/tensorflow.ts'
import { seededRandom } from '../../../../state/random.ts'
import { copies, copyBack, prefixed, withPrefix } from '../../../../state/saved-arrays.ts'
import type { Catalogue } from '../../../catalogue.ts'
import { decayed } from '../../../draw.ts'
import { encode, encoderOf, encoderShapes } from '../../../interest/encoder.ts'
import { createHistory } from '../../../interest/history.ts'
import { reachable } from '../../../interest/reachable.ts'
import { createTransitions, returnsOf } from '../../../interest/transitions.ts'
import type { PlanningAgent } from '../../../planning-agent.ts'
import { scoredChoices } from '../../../scored-choices.ts'
import { kinds } from '../index/finished-sessions.ts'
import { baseGate } from '../index/gate.ts'
import { itemFeatures } from '../index/item-features.ts'
import { userSessions } from '../index/sessions.ts'
import { fatigueSpeeds } from '../index/speeds.ts'
import { featureCount, stateSize, userMemory } from '../index/user-memory.ts'
import { heldNames, indexView, named } from '../index/views.ts'
import type { DdpgSetup } from '../setup.ts'
import { candidateCount, decisions, pickCandidates } from './candidates.ts'
import { forwardActor } from './forward-actor.ts'
import { othersThanLast } from './last-items.ts'
import { learnersOf } from './learners.ts'
import { type ActorShapes, type CriticShapes, indexWeights, itemValues, policy } from './networks.ts'
import { newestDecisions } from './newest-decisions.ts'

/**
 * DDPG-LA with one action an item: the weights of an index over what is known of items follow from the state.
 *
 * The actor adds to base weights, and the sum is made to length one; it begins as the rating ranker. Twin critics (Fujimoto
 * et al. 2018, TD3) value the item that was shown by its features and their products, from n-step returns in which time away
 * is discounted, and the actor climbs Σᵢ π(i | s)·Q(s, i) over candidates, π the softmax of the index. The state is fourteen
 * numbers of the user, with the long and the short interest where the options say so.
 *
 * Noise on the weights is held for a session; items are drawn from a softmax, some at random, so that propensities are exact
 * given what is held. A share of sessions is served by the rating alone, and that serves while the actor is surely behind it.
 */
export function stepAgent(
  tf: TensorFlow,
  catalogue: Catalogue,
  { seed, options: o, rule = returnsOf }: DdpgSetup,
): PlanningAgent {
  const random = {
    weights: seededRandom(seed, 'ddpg-la.weights'),
    sampling: seededRandom(seed, 'ddpg-la.sampling'),
    exploration: seededRandom(seed, 'ddpg-la.exploration'),
  }
  const encoder = { ...encoderOf(o, catalogue), profile: stateSize, context: 0 }
  const { actor, critic, targetActor, targetCritic, moments, ...training } = learnersOf(encoder, o, random.weights)
  const { actorGradient, criticGradient, moving, climbing, fitting } = training
  const sizes = { positions: encoder.positions, hidden: encoder.hidden, networks: 2 }
  const history = createHistory(catalogue, sizes)
  const transitions = createTransitions(catalogue, history, { ...sizes, capacity: o.memory })
  const kept = decisions(o.memory, stateSize)
  const items = itemFeatures(catalogue)
  const speeds = fatigueSpeeds(o)
  const memory = userMemory(catalogue, items, { speeds, gapMs: 60_000 * o.sessionMinutes })
  const gate = baseGate(o)
  const scale = Math.max(1 - o.gamma, 0.01)
  const counts = new Float64Array(3) // events observed, updates, dropped
  const key = Float64Array.of(seededRandom(seed, 'ddpg-la.noise').integer(2 ** 31))
  const sessions = userSessions({
    ...{ memory, capacity: o.sessions, width: featureCount, key, stateSize },
    shares: () => gate.shares(counts[0]!),
    draw(kind, chance, into) {
      // As far from a direction of length one as the noise of a session's weights is from theirs.
      const noise = kind === kinds.noise ? decayed(o.noise, counts[0]!) : 0
      for (let k = 0; k < featureCount; k++) into[k] = noise === 0 ? 0 : noise * chance.normal()
    },
  })

  // What serves: plain arrays, one user at a time. The target follows the actor as a running mean, which is calmer.
  const eyes = forwardActor(encoder)
  const serve = () => eyes.load(targetActor, critic)
  serve()
  const state = new Float64Array(stateSize)
  const ratings = Float64Array.from({ length: featureCount }, (_, k) => (k === 0 ? 1 : 0))
  const weights = new Float64Array(featureCount)
  const isSequential = encoder.long !== 'none' || encoder.weighting !== 'none'
  const look = (user: number, time: number) => {
    memory.look(user, time)
    memory.writeState(state)
    if (isSequential) history.look(user, time)
  }
  /** The weights that a list is made by, for whoever is looked at as of then. */
  const weigh = (user: number, time: number, explore: boolean) => {
    look(user, time)
    const held = explore ? sessions.hold(user, time) : null
    if (held === null ? gate.isClosed : held.kind === kinds.base) return ratings
    weights.set(eyes.weights(history, state))
    if (held !== null) for (let k = 0; k < featureCount; k++) weights[k]! += held.numbers[k]!
    return weights
  }
  const choices = scoredChoices(catalogue, random.exploration, {
    scores: (user, time, explore) => memory.scores(weigh(user, time, explore)),
    drawing: explore => ({
      epsilon: explore ? decayed(o.epsilon, counts[0]!) : 0,
      temperature: explore ? o.draw.temperature : 0,
    }),
  })

  const pick = pickCandidates()
  const candidates = new Float32Array(candidateCount * featureCount)
  const shownFeatures = new Float64Array(featureCount)
  const open = othersThanLast(catalogue, history, transitions, o.exclude)
  /** Features of what was shown and of what might have been, into `shownFeatures` and `candidates`. */
  const remember = (user: number, item: number) => {
    const scores = memory.scores(eyes.weights(history, state))
    // A stream for each decision: what one user was shown must not tell in what is kept of others.
    const chance = seededRandom(key[0]!, `candidates ${counts[0]}`)
    const picked = pick(chance, scores, catalogue.itemCount, open(user))
    for (let k = 0; k < candidateCount; k++) memory.features(picked[k]!, candidates, k * featureCount)
    memory.features(item, shownFeatures)
  }

  const observed = (places: Int32Array, network: number) => {
    const rest = kept.states(tf, places) // [B, S]
    if (isSequential) return { ...transitions.observed(tf, places, network), rest }
    const none = tf.zeros([places.length, 0]) as Tensor2D
    return { records: none, hidden: none, cell: none, rest }
  }
  const shapes = encoderShapes(encoder)
  const stateOf = (of: Weights<ActorShapes> | Weights<CriticShapes>, from: ReturnType<typeof observed>) =>
    encode(tf, weightsUnder('encoder', of, shapes), from, encoder) // [B, S]

  /** y = n-step return + discount · Σᵢ π′(i | s′) · min Q′(s′, i), [B, 1]. */
  const goals = (places: Int32Array, steps: number): Tensor2D => {
    const { returns, discounts, last } = rule(transitions, places, { ...o, steps, scale })
    const now = tf.tensor2d(returns, [places.length, 1])
    if (o.gamma === 0) return now
    const [acting, valuing] = [toTensors(tf, targetActor), toTensors(tf, targetCritic)]
    const { features, products } = kept.candidates(tf, last)
    const from = stateOf(valuing, observed(last, 1)) // [B, S]
    const q = (which: 'first' | 'second') => itemValues(tf, valuing, which, from, products) // [B, N]
    const worth = o.twin ? tf.minimum(q('first'), q('second')) : q('first') // [B, N]
    const chances = policy(tf, indexWeights(tf, acting, stateOf(acting, observed(last, 0))), features, softness) // [B, N]
    const next = tf.sum(tf.mul(chances, worth), 1, true) // [B, 1]
    return reachable(tf, tf.add(now, tf.mul(tf.tensor2d(discounts, [places.length, 1]), next)), scale, o.gamma)
  }

  const trainCritic = (places: Int32Array, goal: Tensor2D): boolean => {
    const from = observed(places, 1)
    const shown = kept.shown(tf, places) // [B, 1, P]
    const loss = gradientOf(
      tf,
      critic,
      weights => {
        const now = stateOf(weights, from) // [B, S]
        const error = (which: 'first' | 'second') => {
          const q = itemValues(tf, weights, which, now, shown) // [B, 1]
          return tf.mul(0.1, tf.mean(tf.square(tf.div(tf.sub(q, goal), scale)))) as Scalar
        }
        // Without twins the second one stands in the sum with no weight, so that a checkpoint's shapes stay the same.
        return tf.add(error('first'), tf.mul(o.twin ? 1 : 0, error('second'))) as Scalar
      },
      criticGradient,
    )
    return Number.isFinite(loss) && fitting.update(critic.values, criticGradient)
  }

  /** Climb Σᵢ π(i | s) · standardised min Q(s, i). */
  const trainActor = (places: Int32Array): boolean => {
    const { features, products } = kept.candidates(tf, places)
    const valuing = toTensors(tf, critic)
    const valued = stateOf(valuing, observed(places, 1)) // [B, S]
    const q = (which: 'first' | 'second') => itemValues(tf, valuing, which, valued, products) // [B, N]
    const worth = o.twin ? tf.minimum(q('first'), q('second')) : q('first') // [B, N]
    const off = tf.sub(worth, tf.mean(worth, 1, true)) // [B, N]
    const deviation = Math.sqrt(tf.mean(tf.square(off)).dataSync()[0]!) + 1e-6
    const from = observed(places, 0)
    const loss = gradientOf(
      tf,
      actor,
      weights => {
        const chances = policy(tf, indexWeights(tf, weights, stateOf(weights, from)), features, softness) // [B, N]
        return tf.mul(-1 / deviation, tf.mean(tf.sum(tf.mul(chances, off), 1))) as Scalar
      },
      actorGradient,
    )
    const [ofBase, ofNetwork] = [actorGradient.subarray(0, featureCount), actorGradient.subarray(featureCount)]
    if (!Number.isFinite(loss) || !actorGradient.every(Number.isFinite)) return false
    moving.update(actor.values.subarray(0, featureCount), ofBase)
    return climbing.update(actor.values.subarray(featureCount), ofNetwork)
  }

  /** The weights of the index on average over the newest decisions. */
  const meanWeights = (): ArrayLike<number> => {
    const places = newestDecisions(transitions, kept)
    if (places.length === 0) return ratings
    return tf.tidy(() => {
      const acting = toTensors(tf, targetActor)
      return tf.mean(indexWeights(tf, acting, stateOf(acting, observed(places, 0))), 0).dataSync()
    })
  }

  const arrays = {
    ...{ actor: actor.values, critic: critic.values, counts, key, gate: gate.state },
    ...{ targetActor: targetActor.values, targetCritic: targetCritic.values },
    ...prefixed('baseAdam', moments.base),
    ...prefixed('actorAdam', moments.actor),
    ...prefixed('criticAdam', moments.critic),
    ...prefixed('random', Object.fromEntries(Object.entries(random).map(([name, each]) => [name, each.state]))),
  }

  return {
    name: 'ddpg-la',
    trainEvery: o.trainEvery,
    get steps() {
      return counts[1]!
    },
    get dropped() {
      return counts[2]!
    },
    resetUser(user) {
      history.reset(user)
      memory.reset(user)
      sessions.reset(user)
    },
    forgetUser(user) {
      kept.forget(transitions.forget(history.transition(user)))
      sessions.forget(user)
    },
    ...choices,
    why: (user, { time, explore }, item) => memory.parts(item, weigh(user, time, explore)),
    index: () => ({ serves: !gate.isClosed, weights: named(meanWeights()) }),
    userIndex(user, { time, explore }) {
      const by = weigh(user, time, explore)
      const kind = explore ? sessions.hold(user, time).kind : gate.isClosed ? kinds.base : kinds.mean
      return indexView(heldNames[kind]!, by, speeds, memory.tired(by))
    },
    observe(user, shown, learn) {
      if (!Number.isFinite(shown.reward)) return
      const moment = memory.moment(user, shown)
      look(user, moment)
      sessions.enter(user, moment, counts[0]!, learn)
      if (learn) remember(user, shown.item)
      memory.add(user, shown, learn)
      if (learn && !isSequential) history.look(user, shown.decided)
      const happening = history.add(user, shown, eyes.advance)
      if (!learn) return
      const place = transitions.placeOf(transitions.add(user, happening, shown.propensity))
      kept.add(place, state, shownFeatures, candidates)
      sessions.gather(user, shown.time, shown.reward, shown.propensity > 0)
      counts[0]! += 1
    },
    train() {
      if (transitions.held < o.warmUp) return
      const steps = o.gamma === 0 ? 1 : o.steps
      const places = transitions.sample(o.batch, steps, random.sampling)
      if (places.length === 0) return
      counts[1]! += 1
      tf.tidy(() => {
        if (!trainCritic(places, goals(places, steps))) counts[2]! += 1
        follow(targetCritic.values, critic.values, o.targetRate)
        if (counts[1]! > o.actorAfter) {
          if (!trainActor(places)) counts[2]! += 1
          follow(targetActor.values, actor.values, o.targetRate)
        }
        serve()
      })
      if (counts[1]! % judgedEvery !== 0) return
      sessions.endLost(counts[0]!, o.capDays)
      gate.judge(sessions.finished, counts[0]!)
    },
    save: users => ({
      ...copies(arrays),
      ...prefixed('history', history.save(users)),
      ...prefixed('memory', memory.save(users)),
      ...prefixed('sessions', sessions.save(users)),
      ...prefixed('transitions', transitions.save()),
      ...prefixed('decisions', kept.save(transitions.held)),
    }),
    restore(saved) {
      copyBack(arrays, saved)
      history.restore(withPrefix('history', saved))
      memory.restore(withPrefix('memory', saved))
      sessions.restore(withPrefix('sessions', saved))
      transitions.restore(withPrefix('transitions', saved))
      kept.restore(withPrefix('decisions', saved))
      serve()
    },
    dispose() {},
  }
}

/** Softmax temperature of the policy that is learned: over how many items the actor looks around. */
const softness = 0.1
/** Updates between two looks at whether the actor serves. */
const judgedEvery = 32
