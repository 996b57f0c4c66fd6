import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import { adam, momentsOf } from '../../../../nn/adam.ts'
import { gradientOf } from '../../../../nn/gradient.ts'
import {
  createParameters,
  follow,
  parametersUnder,
  toTensors,
  type Weights,
  weightsUnder,
} from '../../../../nn/parameters.ts'
import type { TensorFlow } from '../../../../nn/tensorflow.ts'
import { seededRandom } from '../../../../state/random.ts'
import { copies, copyBack, prefixed, withPrefix } from '../../../../state/saved-arrays.ts'
import type { Catalogue } from '../../../catalogue.ts'
import { type Drawing, decayed } from '../../../draw.ts'
import { encode, encoderOf, encoderShapes } from '../../../interest/encoder.ts'
import { forwardDirection, forwardEncoder } from '../../../interest/forward.ts'
import { directionShapes } from '../../../interest/heads.ts'
import { createHistory } from '../../../interest/history.ts'
import { reachable } from '../../../interest/reachable.ts'
import { createTransitions, returnsOf } from '../../../interest/transitions.ts'
import type { PlanningAgent } from '../../../planning-agent.ts'
import { scoredChoices } from '../../../scored-choices.ts'
import type { DdpgOptions } from '../options.ts'
import {
  type ActorShapes,
  actionValue,
  type CriticShapes,
  createActor,
  createCritic,
  itemValues,
  protoAction,
} from './networks.ts'
import { unitItems } from './unit-items.ts'

/**
 * DDPG-LA where actions matter: the actor points into the space of item vectors, and what lies nearest is shown.
 *
 * Hong Zhili et al. (2021), IT and Network Security 40(11), 37–48: long and short interest attention, actor, critic and
 * targets. Lillicrap et al. (2016), Continuous control with deep reinforcement learning. Dulac-Arnold et al. (2015), Deep
 * RL in large discrete action spaces: the proto-action. Fujimoto et al. (2018), TD3: twin critics and delay.
 *
 * Details that differ from the papers:
 * - The proto-action is normalise(residual(s) + α(s)·taste): it starts where a factorisation points, and all items are
 *   compared with it exactly, not a neighbourhood.
 * - The critics value the item that was shown, never the proto-action that led to it; the actor climbs them as if they
 *   held between items too.
 * - n-step returns, and what comes after time away is discounted by e^(−days away) beside γ.
 * - Exploration is a softmax over items with some at random, so that every list has a true propensity.
 */
export function protoAgent(
  tf: TensorFlow,
  catalogue: Catalogue,
  {
    seed,
    options: o,
    rule = returnsOf,
  }: {
    seed: number
    options: DdpgOptions
    /** What came of a choice, so far as it is known. */
    rule?: typeof returnsOf
  },
): PlanningAgent {
  const random = {
    weights: seededRandom(seed, 'ddpg-la.weights'),
    sampling: seededRandom(seed, 'ddpg-la.sampling'),
    exploration: seededRandom(seed, 'ddpg-la.exploration'),
  }
  const { itemSize } = catalogue
  const encoder = encoderOf(o, catalogue)
  const actor = createActor(encoder, itemSize, o.anchor, random.weights)
  const critic = createCritic(encoder, itemSize, random.weights)
  const targetActor = createParameters(actor.shapes, actor.values.slice())
  const targetCritic = createParameters(critic.shapes, critic.values.slice())
  const actorGradient = new Float32Array(actor.values.length)
  const criticGradient = new Float32Array(critic.values.length)
  const moments = { actor: momentsOf(actor.values.length), critic: momentsOf(critic.values.length) }
  const climbing = adam(actor.values.length, { rate: o.actorRate, maxNorm: 5 }, moments.actor)
  const fitting = adam(critic.values.length, { rate: o.criticRate, maxNorm: 5, decay: o.criticDecay }, moments.critic)
  const sizes = { positions: encoder.positions, hidden: encoder.hidden, networks: 2 }
  const history = createHistory(catalogue, sizes)
  const memory = createTransitions(catalogue, history, { ...sizes, capacity: o.memory })
  const shapes = encoderShapes(encoder)
  const scale = Math.max(1 - o.gamma, 0.02)
  const counts = new Float64Array(3) // events observed, updates, dropped
  const units = unitItems(tf, catalogue)

  // What serves: plain arrays, one user at a time.
  const eyes = { actor: forwardEncoder(encoder), critic: forwardEncoder(encoder) }
  const advance = [eyes.actor.advance, eyes.critic.advance]
  const pointer = forwardDirection(o.state, itemSize)
  // The target follows the actor as a running mean, which is calmer than what it follows: it is what serves.
  const loadActor = () => {
    eyes.actor.load(parametersUnder('encoder', targetActor, shapes))
    pointer.load(parametersUnder('direction', targetActor, directionShapes(o.state, itemSize)))
  }
  const loadCritic = () => eyes.critic.load(parametersUnder('encoder', critic, shapes))
  loadActor()
  loadCritic()
  const drawing = (explore: boolean): Drawing => ({
    epsilon: explore ? decayed(o.epsilon, counts[0]!) : 0,
    temperature: explore ? decayed(o.temperature, counts[0]!) : 0,
  })
  /** How near each item lies to the proto-action, −1 … 1. */
  const itemScores = (user: number, time: number): Float32Array => {
    history.look(user, time)
    eyes.actor.observe(history.window, history.hidden[0]!, history.cell[0]!, history.rest)
    return units.scores(pointer.run(eyes.actor.state, history.taste))
  }
  const choices = scoredChoices(catalogue, random.exploration, { scores: itemScores, drawing })

  const stateOf = (weights: Weights<ActorShapes> | Weights<CriticShapes>, places: Int32Array, network: number) =>
    encode(tf, weightsUnder('encoder', weights, shapes), memory.observed(tf, places, network), encoder) // [B, S]

  /** How the policy spreads over items that may be shown, [B, I]: the softmax of nearness to the proto-action. */
  const policy = (weights: Weights<ActorShapes>, state: Tensor2D, taste: Tensor2D, barred: Tensor2D): Tensor2D => {
    const near = tf.matMul(protoAction(tf, weights, state, taste), units.tensor(), false, true) // [B, I]
    return tf.softmax(tf.add(tf.div(near, o.spread), barred)) as Tensor2D
  }

  /** y = n-step return + discount · Σᵢ π′(i | s′) · min Q′(s′, i), [B, 1]. */
  const goals = (places: Int32Array, steps: number): Tensor2D => {
    const { returns, discounts, last } = rule(memory, places, { ...o, steps, scale })
    const now = tf.tensor2d(returns, [places.length, 1])
    if (o.gamma === 0) return now
    const [actor, critic] = [toTensors(tf, targetActor), toTensors(tf, targetCritic)]
    const taste = memory.tastes(tf, last) // [B, D]
    const state = stateOf(critic, last, 1) // [B, S]
    const q = (which: 'first' | 'second') => itemValues(tf, critic, which, state, taste, units.tensor()) // [B, I]
    const worth = o.twin ? tf.minimum(q('first'), q('second')) : q('first') // [B, I]
    const barred = memory.barred(tf, last, o.exclude) // [B, I]
    const next = tf.sum(tf.mul(policy(actor, stateOf(actor, last, 0), taste, barred), worth), 1, true) // [B, 1]
    return reachable(tf, tf.add(now, tf.mul(tf.tensor2d(discounts, [places.length, 1]), next)), scale, o.gamma)
  }

  const trainCritic = (places: Int32Array, goal: Tensor2D): boolean => {
    const observed = memory.observed(tf, places, 1)
    const taste = memory.tastes(tf, places) // [B, D]
    const action = units.unit(memory.vectorsOf(tf, places.map(memory.item))) // [B, D]
    const loss = gradientOf(
      tf,
      critic,
      weights => {
        const state = encode(tf, weightsUnder('encoder', weights, shapes), observed, encoder) // [B, S]
        const error = (which: 'first' | 'second') => {
          const q = actionValue(tf, weights, which, state, taste, action) // [B, 1]
          return tf.mul(0.1, tf.mean(tf.square(tf.div(tf.sub(q, goal), scale)))) as Scalar
        }
        // Without twins the second one stands in the sum with no weight, so that a checkpoint's shapes stay the same.
        return tf.add(error('first'), tf.mul(o.twin ? 1 : 0, error('second'))) as Scalar
      },
      criticGradient,
    )
    return Number.isFinite(loss) && fitting.update(critic.values, criticGradient)
  }

  /** Climb Σᵢ π(i | s) · Q(s, i) / |Q|. */
  const trainActor = (places: Int32Array): boolean => {
    const observed = memory.observed(tf, places, 0)
    const taste = memory.tastes(tf, places) // [B, D]
    const valuing = toTensors(tf, critic)
    const barred = memory.barred(tf, places, o.exclude) // [B, I]
    const valued = stateOf(valuing, places, 1) // [B, S]
    const q = (which: 'first' | 'second') => itemValues(tf, valuing, which, valued, taste, units.tensor()) // [B, I]
    const worth = o.twin ? tf.mul(0.5, tf.add(q('first'), q('second'))) : q('first') // [B, I]
    const size = tf.mean(tf.abs(worth)).dataSync()[0]! + 1e-6
    const loss = gradientOf(
      tf,
      actor,
      weights => {
        const state = encode(tf, weightsUnder('encoder', weights, shapes), observed, encoder) // [B, S]
        const climbed = tf.sum(tf.mul(policy(weights, state, taste, barred), worth), 1) // [B]
        return tf.mul(-1 / size, tf.mean(climbed)) as Scalar
      },
      actorGradient,
    )
    return Number.isFinite(loss) && climbing.update(actor.values, actorGradient)
  }

  const arrays = {
    ...{ actor: actor.values, critic: critic.values, counts },
    ...{ targetActor: targetActor.values, targetCritic: targetCritic.values },
    ...prefixed('actorAdam', moments.actor),
    ...prefixed('criticAdam', moments.critic),
    ...prefixed('random', {
      weights: random.weights.state,
      sampling: random.sampling.state,
      exploration: random.exploration.state,
    }),
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
    resetUser: history.reset,
    forgetUser: user => void memory.forget(history.transition(user)),
    ...choices,
    observe(user, shown, learn) {
      if (!Number.isFinite(shown.reward)) return
      if (learn) history.look(user, shown.decided)
      const happening = history.add(user, shown, advance)
      if (!learn) return
      memory.add(user, happening, shown.propensity)
      counts[0]! += 1
    },
    train() {
      if (memory.held < o.warmUp) return
      const steps = o.gamma === 0 ? 1 : o.steps
      const places = memory.sample(o.batch, steps, random.sampling)
      if (places.length === 0) return
      counts[1]! += 1
      tf.tidy(() => {
        if (!trainCritic(places, goals(places, steps))) counts[2]! += 1
        loadCritic()
        follow(targetCritic.values, critic.values, o.targetRate)
        if (counts[1]! % (o.twin ? o.delay : 1) !== 0 || counts[1]! <= o.actorAfter) return
        if (!trainActor(places)) counts[2]! += 1
        follow(targetActor.values, actor.values, o.targetRate)
        loadActor()
      })
    },
    save: users => ({
      ...copies(arrays),
      ...prefixed('history', history.save(users)),
      ...prefixed('memory', memory.save()),
    }),
    restore(saved) {
      copyBack(arrays, saved)
      history.restore(withPrefix('history', saved))
      memory.restore(withPrefix('memory', saved))
      loadActor()
      loadCritic()
    },
    dispose: units.dispose,
  }
}
