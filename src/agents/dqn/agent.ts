import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import { adam, momentsOf } from '../../nn/adam.ts'
import { gradientOf } from '../../nn/gradient.ts'
import { createParameters, follow, parametersUnder, toTensors } from '../../nn/parameters.ts'
import type { TensorFlow } from '../../nn/tensorflow.ts'
import { seededRandom } from '../../state/random.ts'
import { copies, copyBack, prefixed, withPrefix } from '../../state/saved-arrays.ts'
import type { Catalogue } from '../catalogue.ts'
import { type Drawing, decayed } from '../draw.ts'
import { encoderOf, encoderShapes } from '../interest/encoder.ts'
import { forwardDirection, forwardEncoder } from '../interest/forward.ts'
import { directionShapes, towerShapes, towerSize } from '../interest/heads.ts'
import { createHistory } from '../interest/history.ts'
import { reachable } from '../interest/reachable.ts'
import { createTransitions, returnsOf } from '../interest/transitions.ts'
import type { PlanningAgent } from '../planning-agent.ts'
import { scoredChoices } from '../scored-choices.ts'
import { bestItems } from './best-items.ts'
import { itemRows } from './item-rows.ts'
import { createQ, type QPass, qOfItems, qOfState, towerOf } from './network.ts'
import type { DqnOptions } from './options.ts'
import { createPriorities } from './priorities.ts'

/**
 * DQN: one Q network shared by all users, learned from replay towards a slower copy of itself; ε-greedy, greedy when served.
 *
 * Mnih et al. (2015), Human-level control through deep reinforcement learning, Nature 518. Options: Double DQN (van
 * Hasselt et al. 2016), prioritised replay (Schaul et al. 2016), n-step returns as in Rainbow (Hessel et al. 2018).
 *
 * Details that differ from the papers:
 * - Items are not outputs of the network but inputs: Q(s, i) = V(s) + φ(s)·t(item vector), so new items need no new weights.
 * - The state is DDPG-LA's: long interest (RLSTM), short interest (T-self-attention), profile and context.
 * - What comes after time away is discounted by e^(−days away) beside γ, and rewards are scaled by 1 − γ.
 * - The next item is any but those that the user saw last.
 */
export function createDqn(
  tf: TensorFlow,
  catalogue: Catalogue,
  {
    seed,
    options: o,
    name = 'dqn',
    rule = returnsOf,
  }: {
    seed: number
    options: DqnOptions
    name?: string
    /** What came of a choice, so far as it is known. */
    rule?: typeof returnsOf
  },
): PlanningAgent {
  const random = {
    weights: seededRandom(seed, `${name}.weights`),
    sampling: seededRandom(seed, `${name}.sampling`),
    exploration: seededRandom(seed, `${name}.exploration`),
  }
  const { itemSize } = catalogue
  const encoder = encoderOf(o, catalogue)
  const online = createQ(encoder, itemSize, random.weights)
  const target = createParameters(online.shapes, online.values.slice())
  const gradient = new Float32Array(online.values.length)
  const moments = momentsOf(online.values.length)
  const optimiser = adam(online.values.length, { rate: o.rate, maxNorm: 5 }, moments)
  const sizes = { positions: encoder.positions, hidden: encoder.hidden, networks: 1 }
  const history = createHistory(catalogue, sizes)
  const memory = createTransitions(catalogue, history, { ...sizes, capacity: o.memory })
  const priorities = o.priority > 0 ? createPriorities(o.memory, o.priority) : null
  const scale = Math.max(1 - o.gamma, 0.02)
  const steps = o.gamma === 0 ? 1 : o.steps
  const counts = new Float64Array(3) // events observed, updates, dropped

  // What serves: plain arrays, one user at a time.
  const eyes = forwardEncoder(encoder)
  const weight = forwardDirection(o.state, towerSize(itemSize))
  const rows = itemRows(catalogue)
  const load = () => {
    eyes.load(parametersUnder('encoder', online, encoderShapes(encoder)))
    weight.load(parametersUnder('weight', online, directionShapes(o.state, towerSize(itemSize))))
    rows.load(parametersUnder('tower', online, towerShapes(itemSize)))
  }
  load()
  const drawing = (explore: boolean): Drawing => ({
    epsilon: explore ? decayed(o.epsilon, counts[0]!) : 0,
    temperature: 0,
  })
  /** Q(s, ·) less V(s), which is the same for all items. */
  const itemScores = (user: number, time: number): Float32Array => {
    history.look(user, time)
    eyes.observe(history.window, history.hidden[0]!, history.cell[0]!, history.rest)
    return rows.scores(weight.run(eyes.state, history.taste), 0)
  }
  const choices = scoredChoices(catalogue, random.exploration, { scores: itemScores, drawing })

  /** y = n-step return + discount · Q′(s′, argmax Q(s′, ·)), [B, 1]. */
  const goals = (places: Int32Array): Tensor2D => {
    const { returns, discounts, last } = rule(memory, places, { ...o, steps, scale })
    const now = tf.tensor2d(returns, [places.length, 1])
    if (o.gamma === 0) return now
    const observed = memory.observed(tf, last, 0)
    const taste = memory.tastes(tf, last) // [B, D]
    const passOf = (parameters: typeof online): QPass => {
      const weights = toTensors(tf, parameters)
      return { weights, ...qOfState(tf, weights, observed, taste, encoder) }
    }
    const valuing = passOf(target)
    // The online net picks the next item and the target net prices it, which curbs overestimation.
    const { weights, base, weight } = o.double ? passOf(online) : valuing
    const items = tf.tensor2d(catalogue.itemVectors().slice(), [catalogue.itemCount, itemSize]) // [I, D]
    const best = bestItems(tf, memory, last, {
      ...{ base, weight, towers: towerOf(tf, weights, items), exclude: o.exclude },
    })
    const next = qOfItems(tf, valuing, memory.vectorsOf(tf, best)) // [B, 1]
    return reachable(tf, tf.add(now, tf.mul(tf.tensor2d(discounts, [places.length, 1]), next)), scale, o.gamma)
  }

  const learn = (places: Int32Array, shares: Tensor2D | null): boolean => {
    const goal = goals(places)
    const observed = memory.observed(tf, places, 0)
    const taste = memory.tastes(tf, places) // [B, D]
    const vectors = memory.vectorsOf(tf, places.map(memory.item)) // [B, D]
    let errors: Float32Array | null = null
    const loss = gradientOf(
      tf,
      online,
      weights => {
        const q = qOfItems(tf, { weights, ...qOfState(tf, weights, observed, taste, encoder) }, vectors) // [B, 1]
        const error = tf.div(tf.sub(q, goal), scale) // [B, 1]
        if (priorities !== null) errors = error.dataSync().slice() as Float32Array
        const square = tf.square(error)
        return tf.mul(0.1, tf.mean(shares === null ? square : tf.mul(shares, square))) as Scalar
      },
      gradient,
    )
    if (!Number.isFinite(loss) || !optimiser.update(online.values, gradient)) return false
    if (errors !== null) priorities!.set(places, errors)
    return true
  }

  const sample = (): { places: Int32Array; shares: Tensor2D | null } => {
    if (priorities === null) return { places: memory.sample(o.batch, steps, random.sampling), shares: null }
    const { places, shares } = priorities.sample(o.batch, o.priorityBias, memory.held, random.sampling, place =>
      memory.reaches(place, steps),
    )
    return { places, shares: tf.tensor2d(shares, [shares.length, 1]) }
  }

  const arrays = {
    ...{ online: online.values, target: target.values, counts },
    ...prefixed('adam', moments),
    ...(priorities === null ? {} : prefixed('priorities', priorities.arrays)),
    ...{ 'random.sampling': random.sampling.state, 'random.exploration': random.exploration.state },
  }

  return {
    name,
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
      const happening = history.add(user, shown, [eyes.advance])
      if (!learn) return
      const number = memory.add(user, happening, shown.propensity)
      priorities?.add(memory.placeOf(number))
      counts[0]! += 1
    },
    train() {
      if (memory.held < o.warmUp) return
      tf.tidy(() => {
        const { places, shares } = sample()
        if (places.length === 0) return
        counts[1]! += 1
        if (!learn(places, shares)) counts[2]! += 1
        load()
        if (o.targetRate > 0) follow(target.values, online.values, o.targetRate)
        else if (counts[1]! % o.targetPeriod === 0) target.values.set(online.values)
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
      load()
    },
    dispose() {},
  }
}
