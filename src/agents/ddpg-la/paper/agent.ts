import { type Adam, adam } from '../../../nn/adam.ts'
import { follow } from '../../../nn/parameters.ts'
import type { TensorFlow } from '../../../nn/tensorflow.ts'
import { type Random, seededRandom, shuffled } from '../../../state/random.ts'
import type { SavedArrays } from '../../../state/saved-arrays.ts'
import { type ActorPass, createActor } from './actor.ts'
import { createCritic } from './critic.ts'
import type { Carry } from './encoder.ts'
import type { PaperOptions } from './options.ts'
import { type Bucket, buckets, type Chunk, chunks, purposes, type World } from './world.ts'

/** What happened in one pass over the training events. */
export interface Round {
  /** 1 for the first. */
  readonly round: number
  /** Mean of 1 − |μ(s) − real| over the training events, as the actor stood when it saw them. */
  readonly reward: number
  readonly criticLoss: number
  /** Share of actions within 0.02 of 0 or 1, and whether that is too many: a sigmoid out there hardly learns any more. */
  readonly atBounds: number
  readonly saturated: boolean
}

/**
 * The paper's DDPG-LA on logged events: deterministic policy gradient with long and short interest attention.
 *
 *     const agent = createPaperAgent(tf, world, { ...paperPreset, seed: 0 })
 *     for (const share of agent.train()) console.log(share)   // one round
 *     agent.round.saturated                                   // true: it has collapsed
 *     agent.predict()                                         // [events], NaN where nothing is to be predicted
 *
 * Hong Zhili, Lai Jun, Cao Lei, Chen Xiliang (2021), Information Technology and Network Security 40(11), 37–48. What the
 * paper leaves open, and where `ourPreset` departs from it: docs/reference/agents/ddpg-la-paper.md.
 */
export interface PaperAgent {
  /** The last round. */
  readonly round: Round
  /** Steps left out because a gradient was not finite. */
  readonly dropped: number
  /** One round; yields the share done, so that whoever calls can do other things meanwhile. */
  train(): Generator<number>
  /** Actions of the frozen actor (or its target network, see `predictor`) on validation and test events. */
  predict(): Float32Array
  /** Between rounds only. */
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

export function createPaperAgent(tf: TensorFlow, world: World, options: PaperOptions): PaperAgent {
  const { gamma, anchor, learningRate } = options
  const random = {
    init: seededRandom(options.seed, 'paper.init'),
    order: seededRandom(options.seed, 'paper.order'),
    exploration: seededRandom(options.seed, 'paper.exploration'),
  }
  const actor = createActor(tf, options, world, random.init)
  const critic = createCritic(tf, actor.stateWidth, options.actionScale, random.init)
  const targetActor = createActor(tf, options, world, random.init)
  const targetCritic = createCritic(tf, actor.stateWidth, options.actionScale, random.init)
  const pairs: [Float32Array, Float32Array][] = [
    [targetActor.network.values, actor.network.values],
    [targetActor.tables.values, actor.tables.values],
    [targetCritic.weights.values, critic.weights.values],
  ]
  for (const [target, online] of pairs) target.set(online)
  const optimisers = {
    network: adam(actor.network.values.length, { rate: learningRate, maxNorm: 1 }),
    tables: adam(actor.tables.values.length, { rate: learningRate, maxNorm: 1 }),
    critic: adam(critic.weights.values.length, { rate: learningRate, maxNorm: 1 }),
  }
  // The replay buffer: sequences are the log itself, which stays, so only the last action tried at each event is kept.
  const replay = new Float32Array(world.user.length)
  const fits = (row: number) => world.purpose[row] === purposes.fit
  const all = buckets(world, options.usersPerBatch)
  const training = all.map(bucket => ({ bucket, chunks: chunks(bucket, options.eventsPerChunk, fits) }))
  const tally = { events: 0, reward: 0, atBounds: 0, criticLoss: 0, criticSteps: 0 }
  let done = 0
  let dropped = 0
  let round: Round = { round: 0, reward: Number.NaN, criticLoss: Number.NaN, atBounds: 0, saturated: false }

  /** One chunk: the critic first, then the actor by the critic as it stands after, then the targets. */
  const trainChunk = (chunk: Chunk, carry: Carry, targetCarry: Carry): void => {
    const pass = actor.forward(chunk, carry, fits) // s [N, D], a = μ(s) [N]
    if (pass === null) return
    const future = gamma > 0 ? futureValues(chunk, targetCarry) : new Float32Array(pass.rows.length) // [N]
    for (let step = 0; step < options.criticSteps; step++) {
      const tried = explore(pass, step === 0) // [N]
      const goals = tried.map((action, n) => rewardOf(action, pass.rows[n]!) + gamma * future[n]!) // [N]
      const { loss, gradient } = critic.loss(pass.state, tried, goals)
      tally.criticLoss += loss
      tally.criticSteps += 1
      if (!optimisers.critic.update(critic.weights.values, gradient)) dropped += 1
    }
    if (done >= options.warmUpRounds) improve(pass)
    for (const [target, online] of pairs) follow(target, online, options.targetRate)
    for (let n = 0; n < pass.rows.length; n++) {
      const action = pass.actions[n]!
      tally.events += 1
      tally.reward += rewardOf(action, pass.rows[n]!)
      if (action < 0.02 || action > 0.98) tally.atBounds += 1
    }
  }

  /** r = 1 − |a − real|. */
  const rewardOf = (action: number, row: number) => 1 - Math.abs(action - world.reward[row]!)

  /**
   * Q′(s′, μ′(s′)) by event of the chunk: zero where the training events of a user end, NaN (not to be learned from) where
   * the next event lies in the next chunk.
   */
  const futureValues = (chunk: Chunk, carry: Carry): Float32Array => {
    const { places, state, actions } = targetActor.forward(chunk, carry, fits)!
    const values = targetCritic.values(state, actions) // [N]
    const count = chunk.users.length * chunk.events
    const byPlace = new Float32Array(count + chunk.users.length).fill(Number.NaN, count) // [(T + 1)·B]
    places.forEach((place, n) => {
      byPlace[place] = values[n]!
    })
    return Float32Array.from(places, place => byPlace[place + chunk.users.length]!)
  }

  /** The actor's actions made to explore; the first time some of them are replaced by what was tried here before. */
  const explore = ({ actions, rows }: ActorPass, first: boolean): Float32Array => {
    const [start, least] = options.noise
    const deviation = Math.max(least, start * 0.9 ** done)
    return actions.map((action, n) => {
      const noisy = Math.min(1, Math.max(0, action + deviation * random.exploration.normal()))
      const uniform = random.exploration.uniform()
      let tried = random.exploration.uniform() < options.exploringShare ? uniform : noisy
      if (first) {
        if (random.exploration.uniform() < options.replayShare && done > 0) tried = replay[rows[n]!]!
        replay[rows[n]!] = tried
      }
      return tried
    })
  }

  /** One step of the actor. Loss: −Q(s, μ(s)), or with the anchor 10·(μ(s) − real)² − λ·Q(s, μ(s)) / |Q|. */
  const improve = (pass: ActorPass): void => {
    const { values, slopes } = critic.slopes(pass.state, pass.actions)
    const count = pass.rows.length
    let size = 0
    for (const value of values) size += Math.abs(value) / count
    const weight = anchor === null ? 1 : anchor.criticWeight / Math.max(1e-3, size)
    const dActions = slopes.map((slope, n) => {
      const error = anchor === null ? 0 : 2 * anchorScale * (pass.actions[n]! - world.reward[pass.rows[n]!]!)
      return (error - weight * slope) / count
    })
    const gradients = actor.backward(pass, dActions)
    decay(gradients.network, actor.network.values, decays.network)
    decay(gradients.tables, actor.tables.values, decays.tables)
    if (!optimisers.network.update(actor.network.values, gradients.network)) dropped += 1
    if (!optimisers.tables.update(actor.tables.values, gradients.tables)) dropped += 1
  }

  const parts: Record<string, Float32Array> = {
    actor: actor.network.values,
    actorTables: actor.tables.values,
    critic: critic.weights.values,
    targetActor: targetActor.network.values,
    targetActorTables: targetActor.tables.values,
    targetCritic: targetCritic.weights.values,
    replay,
  }

  return {
    get round() {
      return round
    },
    get dropped() {
      return dropped
    },
    *train() {
      for (const key of Object.keys(tally) as (keyof typeof tally)[]) tally[key] = 0
      const order = shuffled(training.length, random.order)
      for (let n = 0; n < order.length; n++) {
        const { bucket, chunks } = training[order[n]!]!
        const carry = actor.start(bucket.users.length)
        const targetCarry = actor.start(bucket.users.length)
        for (const chunk of chunks) tf.tidy(() => trainChunk(chunk, carry, targetCarry))
        yield (n + 1) / order.length
      }
      done += 1
      const atBounds = tally.atBounds / tally.events
      round = {
        round: done,
        reward: tally.reward / tally.events,
        criticLoss: tally.criticLoss / tally.criticSteps,
        atBounds,
        saturated: atBounds > options.saturationShare,
      }
    },
    predict() {
      const wanted = (row: number) => !fits(row)
      const predicted = new Float32Array(world.user.length).fill(Number.NaN)
      for (const bucket of all) predictBucket(bucket, wanted, predicted)
      return predicted
    },
    save() {
      const arrays: SavedArrays = {
        counts: Float64Array.of(done, dropped),
        round: Float64Array.of(round.reward, round.criticLoss, round.atBounds),
      }
      for (const [name, values] of Object.entries(parts)) arrays[name] = values.slice()
      for (const [name, optimiser] of Object.entries<Adam>(optimisers)) {
        arrays[`${name}.mean`] = optimiser.mean.slice()
        arrays[`${name}.square`] = optimiser.square.slice()
        arrays[`${name}.steps`] = Float64Array.of(optimiser.steps)
      }
      for (const [name, stream] of Object.entries<Random>(random)) arrays[`${name}.random`] = stream.state.slice()
      return arrays
    },
    restore(arrays) {
      const counts = arrays['counts'] as Float64Array
      done = counts[0]!
      dropped = counts[1]!
      const [reward, criticLoss, atBounds] = arrays['round'] as unknown as [number, number, number]
      round = { round: done, reward, criticLoss, atBounds, saturated: atBounds > options.saturationShare }
      for (const [name, values] of Object.entries(parts)) values.set(arrays[name] as Float32Array)
      for (const [name, optimiser] of Object.entries<Adam>(optimisers)) {
        optimiser.mean.set(arrays[`${name}.mean`] as Float32Array)
        optimiser.square.set(arrays[`${name}.square`] as Float32Array)
        optimiser.steps = arrays[`${name}.steps`]![0]!
      }
      for (const [name, stream] of Object.entries<Random>(random)) {
        stream.state.set(arrays[`${name}.random`] as Uint32Array)
      }
    },
  }

  function predictBucket(bucket: Bucket, wanted: (row: number) => boolean, predicted: Float32Array): void {
    const predictor = options.predictor === 'actor' ? actor : targetActor
    const carry = predictor.start(bucket.users.length)
    for (const chunk of chunks(bucket, options.eventsPerChunk, wanted)) {
      tf.tidy(() => {
        const pass = predictor.forward(chunk, carry, wanted)
        pass?.rows.forEach((row, n) => {
          predicted[row] = pass.actions[n]!
        })
      })
    }
  }
}

/** Squared errors on [0, 1] are small beside Q/|Q|, whose mean is one. */
const anchorScale = 10

/** Share of a weight that is added to its gradient; embeddings would learn the training events by heart. */
const decays = { network: 1e-5, tables: 3e-4 } as const

function decay(gradient: Float32Array, values: Float32Array, rate: number): void {
  for (let i = 0; i < gradient.length; i++) gradient[i]! += rate * values[i]!
}
