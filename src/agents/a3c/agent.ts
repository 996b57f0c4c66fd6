import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import { gradientOf } from '../../nn/gradient.ts'
import { toTensors } from '../../nn/parameters.ts'
import type { TensorFlow } from '../../nn/tensorflow.ts'
import { seededRandom, shuffled } from '../../state/random.ts'
import { copies, copyBack, prefixed, withPrefix } from '../../state/saved-arrays.ts'
import type { Catalogue } from '../catalogue.ts'
import { itemRows } from '../dqn/item-rows.ts'
import type { Drawing } from '../draw.ts'
import { encoderOf } from '../interest/encoder.ts'
import { forwardDirection, forwardEncoder } from '../interest/forward.ts'
import { towerSize } from '../interest/heads.ts'
import { createHistory } from '../interest/history.ts'
import { createTransitions } from '../interest/transitions.ts'
import type { PlanningAgent } from '../planning-agent.ts'
import { scoredChoices } from '../scored-choices.ts'
import { type AdvantageRule, generalisedAdvantages, standardise } from './advantages.ts'
import { type Learner, ownLearner } from './learner.ts'
import { createActorCritic, fillActorCritic, logitsOf, partsOf, stateValue } from './network.ts'
import type { A3cOptions } from './options.ts'
import { createRollouts } from './rollouts.ts'

/**
 * Advantage actor-critic: a policy that is drawn from, and a critic that says how much better than expected it went.
 *
 * Mnih et al. (2016), Asynchronous methods for deep reinforcement learning, ICML. This is one actor with its learner: alone
 * it is A2C, the synchronous, reproducible form; several of them, each in a thread and a world of its own, with one shared
 * learner, are A3C.
 *
 *     const agent = createA2c(tf, catalogue, { seed: 1, options: defaultA3c })
 *
 * Details that differ from the paper:
 * - π(i | s) = softmax of f(s)·t(item vector) over the items that may be chosen; f starts at the user's taste.
 * - Advantages are generalised ones and standardised over a rollout; policy and critic have encoders of their own, DDPG-LA's.
 * - A rollout is used more than once. What the policy would do now weighs what it did then by min(1, π/b), which lets it learn
 *   from other policies' choices too, where their propensity b is known; where it is not, the critic alone learns.
 * - What comes after time away is discounted by e^(−days away) beside γ, and rewards are scaled by 1 − γ.
 * - Adam, its moments shared by all actors, instead of shared RMSProp without a lock.
 */
export function createA2c(
  tf: TensorFlow,
  catalogue: Catalogue,
  {
    seed,
    options: o,
    name = 'a2c',
    learner: given,
    rule = generalisedAdvantages,
  }: {
    seed: number
    options: A3cOptions
    name?: string
    /** Who applies gradients of these weights; default: the agent itself. */
    learner?: (values: Float32Array) => Learner
    /** How much better than expected it went. */
    rule?: AdvantageRule
  },
): PlanningAgent {
  const random = {
    weights: seededRandom(seed, 'a3c.weights'),
    sampling: seededRandom(seed, 'a3c.sampling'),
    exploration: seededRandom(seed, 'a3c.exploration'),
  }
  const { itemSize } = catalogue
  const encoder = encoderOf(o, catalogue)
  const network = createActorCritic(encoder, itemSize)
  fillActorCritic(network, { encoder, items: itemSize, anchor: o.anchor }, random.weights)
  const learner = given?.(network.values) ?? ownLearner(network.values, o.rate)
  const gradient = new Float32Array(network.values.length)
  const sizes = { positions: encoder.positions, hidden: encoder.hidden, networks: 2 }
  const capacity = 4 * o.rollout
  const history = createHistory(catalogue, sizes)
  const memory = createTransitions(catalogue, history, { ...sizes, capacity })
  const rollouts = createRollouts(memory, capacity, catalogue.rows)
  const scale = Math.max(1 - o.gamma, 0.02)
  const counts = new Float64Array(3) // events observed, updates, dropped

  // What serves: plain arrays, one user at a time.
  const part = partsOf(network, encoder, itemSize)
  const eyes = { policy: forwardEncoder(encoder), critic: forwardEncoder(encoder) }
  const wanted = forwardDirection(o.state, towerSize(itemSize))
  const rows = itemRows(catalogue)
  const load = () => {
    eyes.policy.load(part.policy)
    eyes.critic.load(part.critic)
    wanted.load(part.direction)
    rows.load(part.tower)
  }
  load()
  const drawing = (explore: boolean): Drawing => ({ epsilon: 0, temperature: explore ? 1 : 0 })
  /** f(s)·t(i) of all items. */
  const itemScores = (user: number, time: number): Float32Array => {
    history.look(user, time)
    eyes.policy.observe(history.window, history.hidden[0]!, history.cell[0]!, history.rest)
    return rows.scores(wanted.run(eyes.policy.state, history.taste), 0)
  }
  const choices = scoredChoices(catalogue, random.exploration, { scores: itemScores, drawing })

  /** What the policy's logits are made of, and what takes out the items that could not be chosen, [B, I]. */
  const seen = (places: Int32Array) => {
    const items = catalogue.itemCount
    const vectors = tf.tensor2d(catalogue.itemVectors().slice(0, items * itemSize), [items, itemSize]) // [I, D]
    const given = { observed: memory.observed(tf, places, 0), taste: memory.tastes(tf, places), items: vectors }
    return { given, mask: tf.tensor2d(rollouts.mask(places, items), [places.length, items]) }
  }

  /** π of what was chosen, of B steps. */
  const chosen = (policy: Tensor2D, places: Int32Array): Float32Array => {
    const [, items] = policy.shape
    const numbers = policy.dataSync()
    return Float32Array.from(places, (place, b) => numbers[b * items + memory.item(place)]!)
  }

  /** min(1, π/b), or what stands for it where b is not known. */
  const ratios = (policy: Float32Array, places: Int32Array, unknown: number): Float32Array =>
    policy.map((now, b) => {
      const then = memory.propensity(places[b]!)
      return then > 0 ? Math.min(1, now / then) : unknown
    })

  /** Advantages and the critic's targets of a rollout, as things stand before it is learned from. */
  const advantagesOf = (places: Int32Array) =>
    tf.tidy(() => {
      const weights = toTensors(tf, network)
      const { given, mask } = seen(places)
      const policy = tf.softmax(tf.add(logitsOf(tf, weights, given, encoder), mask)) as Tensor2D // [B, I]
      const { states, at, next, following } = rollouts.chain(places)
      const values = stateValue(tf, weights, memory.observed(tf, states, 1), encoder).dataSync() // [states]
      const steps = {
        rewards: Float32Array.from(places, place => scale * memory.reward(place)),
        discounts: Float32Array.from(places, place => o.gamma * Math.exp(-memory.daysAfter(place) / o.awayDays)),
        values: Float32Array.from(at, state => values[state]!),
        nextValues: Float32Array.from(next, state => values[state]!),
        ratios: ratios(chosen(policy, places), places, 1),
        following,
      }
      const { advantages, targets } = rule(steps, o.lambda)
      return { targets, advantages: standardise(advantages, k => memory.propensity(places[k]!) > 0) }
    })

  /** One gradient of −ρ·A·log π − entropy + critic's error, over B steps of the rollout. */
  const learn = (places: Int32Array, advantages: Float32Array, targets: Float32Array): boolean =>
    tf.tidy(() => {
      const batch = places.length
      const { given, mask } = seen(places)
      const observed = memory.observed(tf, places, 1)
      const goal = tf.tensor2d(targets, [batch, 1])
      const loss = gradientOf(
        tf,
        network,
        weights => {
          const logits = logitsOf(tf, weights, given, encoder) // [B, I]
          const slope = tf.mul(policySlope(tf.add(logits, mask), places, advantages), 1 / batch)
          const error = tf.div(tf.sub(stateValue(tf, weights, observed, encoder), goal), scale) // [B, 1]
          // The slope is a constant here, so this sum has the policy's gradient, whatever its value.
          const policy = tf.sum(tf.mul(logits, slope))
          return tf.add(policy, tf.mul(o.criticWeight, tf.mean(tf.square(error)))) as Scalar
        },
        gradient,
      )
      return Number.isFinite(loss) && learner.push(gradient)
    })

  /** The slope of −ρ·A·log π(a) − entropy weight · H in the logits: ρ·A·(π − 1ₐ) + weight · π·(log π + H), [B, I]. */
  const policySlope = (logits: Tensor2D, places: Int32Array, advantages: Float32Array): Tensor2D => {
    const [batch, items] = logits.shape
    const policy = tf.softmax(logits) as Tensor2D
    const logs = tf.log(tf.add(policy, 1e-20))
    const entropy = tf.neg(tf.sum(tf.mul(policy, logs), 1, true)) // [B, 1]
    const weight = ratios(chosen(policy, places), places, 0).map((ratio, b) => ratio * advantages[b]!)
    const picked = new Float32Array(batch * items)
    for (let b = 0; b < batch; b++) picked[b * items + memory.item(places[b]!)] = 1
    const ofChoice = tf.mul(tf.tensor2d(weight, [batch, 1]), tf.sub(policy, tf.tensor2d(picked, [batch, items])))
    return tf.add(ofChoice, tf.mul(tf.mul(o.entropy, policy), tf.add(logs, entropy)))
  }

  const arrays = {
    counts,
    ...prefixed('random', { sampling: random.sampling.state, exploration: random.exploration.state }),
  }

  return {
    name,
    trainEvery: o.rollout,
    get steps() {
      return counts[1]!
    },
    get dropped() {
      return counts[2]!
    },
    resetUser(user) {
      history.reset(user)
      rollouts.reset(user)
    },
    forgetUser: user => rollouts.forget(memory.forget(history.transition(user))),
    ...choices,
    choose(user, how) {
      if (how.explore && how.chance === undefined) rollouts.offer(user, catalogue.itemCount, how.allowed)
      return choices.choose(user, how)
    },
    observe(user, shown, learn) {
      if (!Number.isFinite(shown.reward)) return
      if (learn) history.look(user, shown.decided)
      const happening = history.add(user, shown, [eyes.policy.advance, eyes.critic.advance])
      if (!learn) return
      rollouts.add(user, memory.add(user, happening, shown.propensity))
      counts[0]! += 1
    },
    train() {
      learner.pull()
      const places = rollouts.take(o.rollout / 2)
      if (places.length === 0) {
        // Others may have learned, where the learner is shared.
        if (given !== undefined) load()
        return
      }
      const { advantages, targets } = advantagesOf(places)
      for (let pass = 0; pass < o.passes; pass++) {
        const order = shuffled(places.length, random.sampling)
        for (let from = 0; from < places.length; from += o.batch) {
          const rows = order.subarray(from, from + o.batch)
          const pick = (numbers: Float32Array) => Float32Array.from(rows, row => numbers[row]!)
          counts[1]! += 1
          if (
            !learn(
              Int32Array.from(rows, row => places[row]!),
              pick(advantages),
              pick(targets),
            )
          )
            counts[2]! += 1
        }
      }
      load()
    },
    save: users => ({
      ...copies(arrays),
      ...prefixed('learner', learner.save()),
      ...prefixed('history', history.save(users)),
      ...prefixed('memory', memory.save()),
      ...prefixed('rollouts', rollouts.save(users)),
    }),
    restore(saved) {
      copyBack(arrays, saved)
      learner.restore(withPrefix('learner', saved))
      learner.pull()
      history.restore(withPrefix('history', saved))
      memory.restore(withPrefix('memory', saved))
      rollouts.restore(withPrefix('rollouts', saved))
      load()
    },
    dispose() {},
  }
}
