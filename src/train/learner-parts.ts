import { type Agent, createAgent } from '../agents/ddpg-la/residual/agent.ts'
import type { ActorShapes, NetworkOptions } from '../agents/ddpg-la/residual/network.ts'
import { type ServingActor, servingActor } from '../agents/ddpg-la/residual/serving.ts'
import { bias } from '../baselines/bias.ts'
import type { Policy } from '../baselines/policy.ts'
import { popularity } from '../baselines/popularity.ts'
import { type Prequential, prequential } from '../evaluate/prequential.ts'
import { createParameters, type Parameters } from '../model/parameters.ts'
import { hashText } from '../model/random.ts'
import type { PipelineDefinition } from '../pipeline/definition.ts'
import { createRecommender, type Recommender } from '../recommend/recommender.ts'
import { createStack, type Stack } from '../stack/stack.ts'
import { type FeatureTable, featureTable } from './features.ts'
import { type Gate, gate } from './gate.ts'
import { type IdTable, idTable } from './id-table.ts'
import { type ShortWindow, shortWindow } from './short-window.ts'
import { type UserInterest, userInterest } from './user-interest.ts'
import { type Vectors, vectors } from './vectors.ts'

/** The policies that are scored on every event, in the order in which scores are listed. */
export const policyNames = ['popularity', 'bias', 'factorisation', 'stack', 'ddpg-la'] as const

/** What a learner is made of; all that it has learned lies in these. */
export interface LearnerParts {
  /** The policies without a network, in the order of `policyNames`. */
  baselines: readonly Policy[]
  /** Those of them that learn and are saved by themselves; the factorisation lies in the stack. */
  learners: readonly Policy[]
  biased: Policy
  /** What DDPG-LA adds to. */
  stacked: Stack
  agent: Agent
  /** Weights that were trained a block ago or more, and the actor that serves with them. */
  live: Parameters<ActorShapes>
  actor: ServingActor
  numbers: Vectors
  window: ShortWindow
  interest: UserInterest
  /** Scores by policy, in the order of `policyNames`. */
  scores: readonly Prequential[]
  served: Gate
  users: IdTable
  items: IdTable
  userFeatures: FeatureTable
  itemFeatures: FeatureTable
  lists: Recommender
}

/** The parts of a learner that has not learned anything yet, put together. */
export function learnerParts({ window, learn, recommend, scale }: PipelineDefinition): LearnerParts {
  const positions = window.shortLength
  const popular = popularity()
  const biased = bias()
  const { factors, seed, history, neighbourPairs } = learn
  const stacked = createStack({ kind: learn.stack, factors, seed, history, neighbourPairs })
  const baselines: readonly Policy[] = [popular, biased, stacked.factorisation, stacked]
  const learners: readonly Policy[] = [popular, biased, stacked]
  const userFeatures = featureTable(16, (slot, tokens) =>
    stacked.describeUser(
      slot,
      // What begins with @ belongs to one event, not to the user.
      tokens.filter(token => !token.startsWith('@')),
    ),
  )
  const itemFeatures = featureTable(16, stacked.describeItem)
  const numbers = vectors({
    stack: stacked,
    others: [popular, biased],
    users: userFeatures,
    items: itemFeatures,
  })
  const networkOptions: NetworkOptions = {
    record: numbers.recordSize,
    positions,
    profile: numbers.profileSize,
    candidate: numbers.candidateSize,
    hidden: learn.hiddenSize,
    short: learn.shortSize,
    enhancement: learn.longInterest,
    weighting: learn.shortInterest,
    burnIn: Math.min(learn.burnIn, positions - 1),
  }
  const agent = createAgent({
    ...networkOptions,
    seed: learn.seed,
    batch: learn.blockSize,
    batchesPerStep: learn.batchesPerStep,
    replayCapacity: Math.max(learn.replayCapacity, learn.blockSize),
    learningRate: learn.learningRate,
    weightDecay: learn.weightDecay,
    loss: learn.loss,
    gamma: learn.gamma,
    criticWeight: learn.criticWeight,
    targetRate: learn.targetRate,
  })
  const live = createParameters(agent.actor.shapes)
  live.values.set(agent.actor.values)
  const actor = servingActor(networkOptions)
  actor.load(live)

  const interest = userInterest(learn.hiddenSize, positions)
  const users = idTable(learn.maxUsers, (slot, id) => {
    const hash = hashText(id)
    for (const policy of learners) policy.resetUser(slot, hash)
    userFeatures.reset(slot)
    interest.reset(slot)
    lists.resetUser(slot)
  })
  const items = idTable(learn.maxItems, (slot, id) => {
    const hash = hashText(id)
    for (const policy of learners) policy.resetItem(slot, hash)
    itemFeatures.reset(slot)
    lists.resetItem(slot, hash)
  })
  const lists = createRecommender({
    settings: recommend,
    seed: learn.seed,
    itemId: slot => items.id(slot),
    vectors: itemFeatures,
    isPick: reward => scale.kind === 'rating' || reward >= scale.positiveFrom,
    drawTaste: stacked.factorisation.draw,
  })
  return {
    ...{ baselines, learners, biased, stacked, agent, live, actor, numbers, interest },
    window: shortWindow(positions, numbers),
    scores: policyNames.map(() => prequential(scale)),
    served: gate(policyNames, { margin: learn.gateMargin, halfLife: learn.gateEvents }),
    ...{ users, items, userFeatures, itemFeatures, lists },
  }
}
