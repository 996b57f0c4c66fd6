import type { Tensor2D } from '@tensorflow/tfjs-core'
import { type Adam, adam } from '../../../model/adam.ts'
import type { TensorFlow } from '../../../model/backend.ts'
import { mlpBackward } from '../../../model/mlp.ts'
import { flatten, type Parameters, toTensors } from '../../../model/parameters.ts'
import { type Random, seededRandom } from '../../../model/random.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../../model/saved-arrays.ts'
import {
  type ActorPass,
  type ActorShapes,
  actionGradient,
  actorBackward,
  actorForward,
  type Batch,
  type CriticShapes,
  createActor,
  createCritic,
  criticForward,
  type NetworkOptions,
} from './network.ts'
import { type ReplayBuffer, replayBuffer, type Transition } from './replay-buffer.ts'

export interface AgentOptions extends NetworkOptions {
  seed: number
  /** Transitions per mini-batch, and mini-batches per step. */
  batch: number
  batchesPerStep: number
  replayCapacity: number
  learningRate: number
  gamma: number
  /** λ of TD3+BC: weight of the critic's value beside the error. */
  criticWeight: number
  targetRate: number
}

/**
 * DDPG-LA: deterministic policy gradient with long and short interest attention.
 *
 * Hong Zhili, Lai Jun, Cao Lei, Chen Xiliang (2021), Information Technology and Network Security 40(11), 37–48.
 * State s = [long (RLSTM), short (T-self-attention), profile, candidate]; action a in [0, 1] is the predicted reward;
 * r = 1 − |a − real|; actor μ, critic Q, target networks, replay buffer, Adam.
 *
 * Where this differs from the paper, and why:
 * - μ(s) = clip(base + δ(s)): the actor corrects a base policy, and δ starts at zero. As a bare sigmoid it collapses.
 * - The actor's loss is squared error − λ·Q/|Q| (TD3+BC): a predicted reward does not change what the user does next,
 *   so the critic alone has almost nothing to teach.
 * - The critic learns from exploring actions (noise, and some uniform ones), else it knows only the actor's own.
 * - The state's encoders learn from the actor's loss; the critic takes their output as it is.
 * - Both kinds of gradients are clipped to norm 1, and a step that is not finite is dropped and counted.
 */
export interface Agent {
  /** Weights as trained so far. */
  readonly actor: Parameters<ActorShapes>
  readonly critic: Parameters<CriticShapes>
  /** Mini-batches dropped because a loss or gradient was not finite. */
  readonly dropped: number
  /** Put a transition into the replay buffer; returns its number. */
  remember(transition: Transition): number
  /** One training step: the newest `batch` transitions, then replay. */
  train(): void
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

export function createAgent(tf: TensorFlow, options: AgentOptions): Agent {
  const init = seededRandom(options.seed, 'ddpg-la.init')
  const exploration = seededRandom(options.seed, 'ddpg-la.exploration')
  const sampling = seededRandom(options.seed, 'ddpg-la.sampling')
  const actor = createActor(options, init)
  const critic = createCritic(options, init)
  const targetActor = createActor(options, init)
  const targetCritic = createCritic(options, init)
  targetActor.values.set(actor.values)
  targetCritic.values.set(critic.values)
  const actorAdam = adam(actor.values.length, { rate: options.learningRate, maxNorm: 1 })
  const criticAdam = adam(critic.values.length, { rate: 2 * options.learningRate, maxNorm: 1 })
  const actorGradient = new Float32Array(actor.values.length)
  const criticGradient = new Float32Array(critic.values.length)
  const memory = replayBuffer(options.replayCapacity, {
    records: options.positions,
    record: options.record,
    hidden: options.hidden,
    rest: options.profile + options.candidate,
  })
  const indexes = new Int32Array(options.batch)
  let dropped = 0

  /** One mini-batch: the critic first, then the actor with the critic as it stands after. B batch. */
  const trainBatch = (): boolean =>
    tf.tidy(() => {
      const batch = gather(tf, memory, indexes, options)
      const reward = column(tf, memory.rewards, indexes) // [B, 1]
      const weights = toTensors(tf, actor)
      const pass = actorForward(tf, weights, batch, options)
      const proposal = tf.add(batch.base, pass.head.output) as Tensor2D // [B, 1], before the clip
      const action = tf.clipByValue(proposal, 0, 1) as Tensor2D // [B, 1]

      const tried = explore(action.dataSync() as Float32Array)
      const goal = tf.tensor2d(goals(tried), [options.batch, 1]) // [B, 1]
      const triedAction = tf.tensor2d(tried, [options.batch, 1])
      const before = toTensors(tf, critic)
      const value = criticForward(tf, before, pass.state, triedAction, batch.base)
      const surprise = tf.sub(value.output, goal) // [B, 1]
      const dValue = tf.mul(surprise, 2 / options.batch) as Tensor2D // [B, 1]
      const dCritic = mlpBackward(tf, before, value, dValue).weights
      if (!criticAdam.update(critic.values, flatten(critic, dCritic, criticGradient))) return false

      const after = toTensors(tf, critic)
      const judged = criticForward(tf, after, pass.state, action, batch.base)
      const size = Math.max(1e-3, tf.mean(tf.abs(judged.output)).dataSync()[0]!)
      const inside = tf.cast(tf.equal(action, proposal), 'float32') // [B, 1]: the clip lets no gradient through
      const dQ = tf.mul(
        tf.mul(actionGradient(tf, after, judged), inside),
        -options.criticWeight / (size * options.batch),
      )
      const dError = tf.mul(tf.sub(proposal, reward), (2 * errorScale) / options.batch)
      const dActor = actorBackward(tf, weights, batch, pass, tf.add(dError, dQ) as Tensor2D, options)
      return actorAdam.update(actor.values, flatten(actor, dActor, actorGradient))
    })

  /** The actor's actions made to explore: noise on all, and every fifth replaced by a uniform one. */
  const explore = (actions: Float32Array): Float32Array =>
    actions.map(action => {
      const noisy = action + 0.15 * exploration.normal()
      const uniform = exploration.uniform()
      return exploration.uniform() < 0.2 ? uniform : Math.min(1, Math.max(0, noisy))
    })

  /** What Q(s, a) should have been: r + γ·Q′(s′, μ′(s′)), with r = 1 − |a − real|. */
  const goals = (actions: Float32Array): Float32Array => {
    const future = options.gamma > 0 ? nextValues() : null
    return actions.map((action, b) => {
      const reward = 1 - Math.abs(action - memory.rewards[indexes[b]!]!)
      return reward + (future === null ? 0 : options.gamma * future[b]!)
    })
  }

  /** Q′(s′, μ′(s′)) of the batch; where the next state is not known yet, this state stands in for it. */
  const nextValues = (): Float32Array =>
    tf.tidy(() => {
      const following = indexes.map(index => (memory.next[index]! >= 0 ? memory.next[index]! : index))
      const batch = gather(tf, memory, following, options)
      const pass: ActorPass = actorForward(tf, toTensors(tf, targetActor), batch, options)
      const action = tf.clipByValue(tf.add(batch.base, pass.head.output), 0, 1) as Tensor2D // [B, 1]
      const value = criticForward(tf, toTensors(tf, targetCritic), pass.state, action, batch.base).output // [B, 1]
      // No sum of discounted rewards in [0, 1] lies outside these bounds.
      return tf.clipByValue(value, 0, 1 / (1 - Math.min(options.gamma, 0.999))).dataSync() as Float32Array
    })

  /** The newest transitions first; later half from all that is held, half from the newest eighth or so. */
  const pick = (round: number) => {
    const { added, held, capacity } = memory
    const recent = Math.min(held, 8 * options.batch)
    for (let b = 0; b < options.batch; b++) {
      const age = round === 0 ? options.batch - 1 - b : sampling.integer(b < options.batch / 2 ? held : recent)
      indexes[b] = (added - 1 - (age % held)) % capacity
    }
  }

  const parts: Record<string, { values: Float32Array }> = { actor, critic, targetActor, targetCritic }
  const optimisers: Record<string, Adam> = { actorAdam, criticAdam }
  const streams: Record<string, Random> = { exploration, sampling }

  return {
    actor,
    critic,
    get dropped() {
      return dropped
    },
    remember: transition => memory.add(transition),
    train() {
      for (let round = 0; round < options.batchesPerStep; round++) {
        pick(round)
        if (!trainBatch()) {
          dropped += 1
          continue
        }
        follow(targetActor.values, actor.values, options.targetRate)
        follow(targetCritic.values, critic.values, options.targetRate)
      }
    },
    save() {
      const arrays: SavedArrays = { dropped: Float64Array.of(dropped), ...prefixed('memory', memory.save()) }
      for (const [name, part] of Object.entries(parts)) arrays[name] = part.values.slice()
      for (const [name, optimiser] of Object.entries(optimisers)) {
        arrays[`${name}.mean`] = optimiser.mean.slice()
        arrays[`${name}.square`] = optimiser.square.slice()
        arrays[`${name}.steps`] = Float64Array.of(optimiser.steps)
      }
      for (const [name, random] of Object.entries(streams)) arrays[`${name}.random`] = random.state.slice()
      return arrays
    },
    restore(arrays) {
      dropped = (arrays['dropped'] as Float64Array)[0]!
      memory.restore(withPrefix('memory', arrays))
      for (const [name, part] of Object.entries(parts)) part.values.set(arrays[name] as Float32Array)
      for (const [name, optimiser] of Object.entries(optimisers)) {
        optimiser.mean.set(arrays[`${name}.mean`] as Float32Array)
        optimiser.square.set(arrays[`${name}.square`] as Float32Array)
        optimiser.steps = (arrays[`${name}.steps`] as Float64Array)[0]!
      }
      for (const [name, random] of Object.entries(streams)) random.state.set(arrays[`${name}.random`] as Uint32Array)
    },
  }
}

/** Errors count as on a five-point scale, which puts λ where TD3+BC's experience has it. */
const errorScale = 16

/** Target networks: θ′ ← (1 − τ)·θ′ + τ·θ. */
function follow(target: Float32Array, online: Float32Array, rate: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += rate * (online[i]! - target[i]!)
}

function gather(tf: TensorFlow, memory: ReplayBuffer, indexes: Int32Array, options: NetworkOptions): Batch {
  const { positions, record, hidden } = options
  const batch = indexes.length
  const records = new Float32Array(positions * batch * record)
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < positions; t++) {
      const from = (indexes[b]! * positions + t) * record
      const to = (t * batch + b) * record
      for (let k = 0; k < record; k++) records[to + k] = memory.windows[from + k]!
    }
  }
  return {
    records: tf.tensor2d(records, [positions * batch, record]), // [T·B, R]
    hidden: rows(tf, memory.hiddens, indexes, hidden), // [B, H]
    cell: rows(tf, memory.cells, indexes, hidden), // [B, H]
    rest: rows(tf, memory.rests, indexes, options.profile + options.candidate), // [B, P + C]
    base: column(tf, memory.bases, indexes), // [B, 1]
  }
}

const column = (tf: TensorFlow, source: Float32Array, indexes: Int32Array): Tensor2D => rows(tf, source, indexes, 1)

function rows(tf: TensorFlow, source: Float32Array, indexes: Int32Array, width: number): Tensor2D {
  const values = new Float32Array(indexes.length * width)
  for (let b = 0; b < indexes.length; b++) {
    for (let k = 0, from = indexes[b]! * width, to = b * width; k < width; k++) values[to++] = source[from++]!
  }
  return tf.tensor2d(values, [indexes.length, width])
}
