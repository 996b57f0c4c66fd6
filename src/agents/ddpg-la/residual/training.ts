import type { Tensor2D } from '@tensorflow/tfjs-core'
import { type Adam, adam, type Moments } from '../../../nn/adam.ts'
import { mlpBackward } from '../../../nn/mlp.ts'
import { flatten, follow, type Parameters, type Shapes, toTensors } from '../../../nn/parameters.ts'
import type { TensorFlow } from '../../../nn/tensorflow.ts'
import { chanceOf } from '../../../state/logit.ts'
import { randomFrom } from '../../../state/random.ts'
import type { Agent } from './agent.ts'
import { formRules, sideWeight } from './forms.ts'
import { gatherBatch, gatherColumn } from './gather.ts'
import { type ActorPass, actionGradient, actorBackward, actorForward, criticForward, headSizes } from './network.ts'

/** Changes an agent's weights, targets, moments and random state, and nothing else of it. */
export interface AgentTraining {
  /** One training step on the transitions before number `until`: the newest `batch` of them, then replay; is called after each mini-batch. */
  train(until: number, done?: () => void): void
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
 * - The actor's loss is its error − λ·Q/|Q| (TD3+BC: Fujimoto and Gu 2021): a predicted reward does not change what the
 *   user does next, so the critic alone has almost nothing to teach.
 * - The critic learns from exploring actions (noise, and some uniform ones), else it knows only the actor's own.
 * - The state's encoders learn from the actor's loss; the critic takes their output as it is.
 * - Both kinds of gradients are clipped to norm 1, and a step that is not finite is dropped and counted.
 */
export function agentTraining(tf: TensorFlow, agent: Agent): AgentTraining {
  const { options, state, actor, critic, targetActor, targetCritic, memory } = agent
  const { batch: size } = options
  const exploration = randomFrom(state['exploration.random'])
  const sampling = randomFrom(state['sampling.random'])
  const form = formRules(options.form, options.loss)
  const { outputs } = form
  const decay = form.decay * options.weightDecay
  const actorSteps = optimiser(actor, options.learningRate, decay, {
    mean: state['actorAdam.mean'],
    square: state['actorAdam.square'],
    steps: state['actorAdam.steps'],
  })
  const criticSteps = optimiser(critic, 2 * options.learningRate, decay, {
    mean: state['criticAdam.mean'],
    square: state['criticAdam.square'],
    steps: state['criticAdam.steps'],
  })
  const actorGradient = new Float32Array(actor.values.length)
  const criticGradient = new Float32Array(critic.values.length)
  const indexes = new Int32Array(size)

  /** One mini-batch: the critic first, then the actor with the critic as it stands after. B batch. */
  const trainBatch = (until: number): boolean =>
    tf.tidy(() => {
      const batch = gatherBatch(tf, agent, indexes)
      const bases = gatherColumn(state['memory.bases'], indexes)
      const rewards = gatherColumn(state['memory.rewards'], indexes)
      const weights = toTensors(tf, actor)
      const pass = actorForward(tf, weights, batch, options, dropoutMask())
      const put = pass.output.dataSync() as Float32Array // [B, O]
      const share = Math.fround(1 / size)
      const slopes = new Float32Array(size * outputs) // [B, O]
      for (let b = 0; b < size; b++) {
        slopes[b * outputs] = form.errorSlope(bases[b]!, put[b * outputs]!, rewards[b]!) * share
        for (let k = 1; k < outputs; k++) slopes[b * outputs + k] = share * sideSlope(b, k - 1, put[b * outputs + k]!)
      }
      if (options.criticWeight > 0) {
        const actions = bases.map((base, b) => form.action(base, put[b * outputs]!))
        if (!trainCritic(until, pass, actions, bases, rewards)) return false
        const valued = Math.fround(options.criticWeight / size)
        const ofValue = valueGradient(pass, actions, bases, put)
        for (let b = 0; b < size; b++) slopes[b * outputs]! -= Math.fround(ofValue[b]! * valued)
      }
      const gradient = actorBackward(tf, weights, batch, pass, tf.tensor2d(slopes, [size, outputs]), options)
      return actorSteps.update(actor.values, flatten(actor, gradient, actorGradient))
    })

  /** What is kept of the first hidden layer of each transition, scaled up for what is not; null where all is. */
  const dropoutMask = (): Tensor2D | null => {
    if (form.dropout === 0) return null
    const mask = new Float32Array(size * headSizes[0])
    for (let k = 0; k < mask.length; k++) mask[k] = sampling.uniform() < form.dropout ? 0 : 1 / (1 - form.dropout)
    return tf.tensor2d(mask, [size, headSizes[0]]) // [B, M]
  }

  /** Of a transition's side signal, how its cross-entropy moves with what was put out; 0 where the event does not say. */
  const sideSlope = (b: number, signal: number, output: number): number => {
    const said = state['memory.signals'][indexes[b]! * (outputs - 1) + signal]!
    return Number.isNaN(said) ? 0 : sideWeight * (chanceOf(output) - said)
  }

  /** Bring Q(s, a) nearer to r + γ·Q′(s′, μ′(s′)) for exploring actions a. */
  const trainCritic = (
    until: number,
    pass: ActorPass,
    actions: Float32Array,
    bases: Float32Array,
    rewards: Float32Array,
  ): boolean => {
    const tried = explore(actions)
    const goal = goals(until, tried, rewards)
    const weights = toTensors(tf, critic)
    const value = criticForward(tf, weights, pass.state, tried, bases)
    const slopes = (value.output.dataSync() as Float32Array).map((q, b) => {
      return Math.fround(q - goal[b]!) * Math.fround(2 / size)
    })
    const gradient = mlpBackward(tf, weights, value, tf.tensor2d(slopes, [size, 1])).weights
    return criticSteps.update(critic.values, flatten(critic, gradient, criticGradient))
  }

  /** The slope of Q/|Q| in what the actor puts out; |Q| is the batch's mean, a constant. */
  const valueGradient = (
    pass: ActorPass,
    actions: Float32Array,
    bases: Float32Array,
    put: Float32Array,
  ): Float32Array => {
    const weights = toTensors(tf, critic)
    const value = criticForward(tf, weights, pass.state, actions, bases)
    const scale = Math.fround(1 / Math.max(1e-3, tf.mean(tf.abs(value.output)).dataSync()[0]!))
    return actionGradient(tf, weights, value).map((slope, b) => {
      return slope * form.actionSlope(bases[b]!, put[b * outputs]!) * scale
    })
  }

  /** The actor's actions made to explore: noise on all, and every fifth replaced by a uniform one. */
  const explore = (actions: Float32Array): Float32Array =>
    actions.map(action => {
      const noisy = action + 0.15 * exploration.normal()
      const uniform = exploration.uniform()
      return exploration.uniform() < 0.2 ? uniform : Math.min(1, Math.max(0, noisy))
    })

  /** What Q(s, a) should have been: r + γ·Q′(s′, μ′(s′)), with r as the form has it. */
  const goals = (until: number, actions: Float32Array, rewards: Float32Array): Float32Array => {
    const future = options.gamma > 0 ? nextValues(until) : null
    return actions.map((action, b) => {
      const reward = form.worth(action, rewards[b]!)
      return reward + (future === null ? 0 : options.gamma * future[b]!)
    })
  }

  /** Q′(s′, μ′(s′)) of the batch; where the next state is not known yet, this state stands in for it. */
  const nextValues = (until: number): Float32Array =>
    tf.tidy(() => {
      const following = indexes.map(index => memory.following(until, index))
      const bases = gatherColumn(state['memory.bases'], following)
      const pass = actorForward(tf, toTensors(tf, targetActor), gatherBatch(tf, agent, following), options)
      const put = pass.output.dataSync() as Float32Array // [B, O]
      const actions = bases.map((base, b) => form.action(base, put[b * outputs]!))
      const value = criticForward(tf, toTensors(tf, targetCritic), pass.state, actions, bases).output // [B, 1]
      // No sum of discounted rewards in [0, 1] lies outside these bounds.
      return tf.clipByValue(value, 0, 1 / (1 - Math.min(options.gamma, 0.999))).dataSync() as Float32Array
    })

  /** The newest transitions first; later half from all that is held, half from the newest. */
  const pick = (until: number, round: number) => {
    const held = memory.heldBefore(until)
    const recent = Math.min(held, form.recent(size))
    for (let b = 0; b < size; b++) {
      const age = round === 0 ? size - 1 - b : sampling.integer(b < size / 2 ? held : recent)
      indexes[b] = memory.indexOf(until, age % held)
    }
  }

  return {
    train(until, done) {
      for (let round = 0; round < options.batchesPerStep; round++) {
        pick(until, round)
        if (trainBatch(until)) {
          follow(targetActor.values, actor.values, options.targetRate)
          follow(targetCritic.values, critic.values, options.targetRate)
        } else state.dropped[0]! += 1
        done?.()
      }
    },
  }
}

const optimiser = <S extends Shapes>(weights: Parameters<S>, rate: number, decay: number, moments: Moments): Adam =>
  adam(weights.values.length, { rate, decay, maxNorm: 1 }, moments)
