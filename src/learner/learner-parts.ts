import { type Agent, createAgent } from '../agents/ddpg-la/residual/agent.ts'
import type { ActorShapes, CriticShapes, NetworkOptions } from '../agents/ddpg-la/residual/network.ts'
import {
  type ServingActor,
  type ServingCritic,
  servingActor,
  servingCritic,
} from '../agents/ddpg-la/residual/serving.ts'
import { createParameters, type Parameters } from '../nn/parameters.ts'
import type { TensorFlow } from '../nn/tensorflow.ts'
import { createRecommender, type Recommender } from '../ranking/recommender.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import { type ListOf, ruleSet } from '../rules/rule-set.ts'
import { hashText } from '../state/hash.ts'
import { type IdTable, idTable } from '../state/id-table.ts'
import { type AddedScore, addedScore } from './added-score.ts'
import { type ArmControl, armControl } from './arms/arm-control.ts'
import { type LearnerCatalogue, learnerCatalogue } from './arms/learner-catalogue.ts'
import { type LiveArms, liveArms } from './arms/live-arms.ts'
import { type AttributeTable, attributeTable } from './attribute-table.ts'
import { type ItemParts, itemParts } from './catalogue/item-parts.ts'
import { type FeatureTable, featureTable } from './features/feature-table.ts'
import { type Gate, gate } from './gate.ts'
import { type MayShow, mayShow, type Showing } from './may-show.ts'
import { type Prequential, prequential } from './prequential.ts'
import { type ScoredParts, scoredPartsOf } from './scored-parts.ts'
import { type ServedLists, servedLists } from './served/served-lists.ts'
import { type SteadyLists, steadyLists } from './served/steady-lists.ts'
import { type ShortWindow, shortWindow } from './short-window.ts'
import { type UserInterest, userInterest } from './user-interest.ts'
import { type ColdUsers, coldUsersInMemory } from './users/cold-users.ts'
import { type UserPages, userPages } from './users/user-pages.ts'
import { type Vectors, vectors } from './vectors.ts'

/** What a learner is made of; all that it has learned lies in these. */
export interface LearnerParts extends ScoredParts, ItemParts {
  agent: Agent
  /** Weights that were trained a block ago or more, and the actor that serves with them. */
  live: Parameters<ActorShapes>
  actor: ServingActor
  liveCritic: Parameters<CriticShapes>
  critic: ServingCritic
  numbers: Vectors
  window: ShortWindow
  interest: UserInterest
  /** What ddpg-la-residual adds to the policy that it corrects. */
  added: AddedScore
  /** Scores by policy, in the order of `names`. */
  scores: readonly Prequential[]
  served: Gate
  users: IdTable
  /** Which users are in memory. */
  pages: UserPages
  /** A place of users passes to somebody else. */
  resetUser: (slot: number, id: string) => void
  /** Somebody stands in a place that is nobody's, for the length of an answer. */
  guestUser: (slot: number, id: string) => void
  /** What one user took is added to what is known of another. */
  mergeUsers: (from: number, into: number) => void
  /** What is known of those who have no event, until they have one; those of whom nothing has come for longest stand first. */
  profiles: Map<string, Profile>
  userFeatures: FeatureTable
  userAttributes: AttributeTable
  itemFeatures: FeatureTable
  /** What lists may hold. */
  show: MayShow
  /** What rules may know of a user, or of whoever stands in nobody's place. */
  about: (user: number, how: Showing) => Omit<ListOf, 'time'>
  lists: Recommender
  /** What agents that plan know, and the arms that they serve. */
  catalogue: LearnerCatalogue
  arms: LiveArms
  control: ArmControl
  /** How good published lists were. */
  judged: ServedLists
  /** Whether they move more than usual. */
  steady: SteadyLists
}

/** Users who are told apart; beyond these whoever was away longest is forgotten. Notes of users have 24 bits for their slots. */
const mostUsers = 16_000_000

/** What is known of a user beside events: a JSON array of tokens, and attributes as a JSON object. */
interface Profile {
  features: string
  attributes: string
}

/** The parts of a learner that has not learned anything yet, put together. */
export function learnerParts(
  definition: PipelineDefinition,
  tf: TensorFlow,
  cold: ColdUsers = coldUsersInMemory(),
): LearnerParts {
  const { window, learn, recommend, scale } = definition
  const positions = window.shortLength
  const pages = userPages({ capacity: learn.maxUsers, store: cold })
  const scored = scoredPartsOf(definition, pages)
  const { names, popular, biased, ensemble, learners, records } = scored
  const userFeatures = featureTable({
    changed(slot, tokens, all) {
      const how = isAsking(slot) ? 'foreseeUser' : 'describeUser'
      ensemble[how](slot, tokens, all)
      records?.describeUser(slot, all)
      lists[how](slot, tokens)
    },
    measured: (slot, tokens) => catalogue.measureUser(slot, tokens),
    isEvidence: slot => slot < users.size,
    rows: pages,
  })
  const userAttributes = attributeTable(pages)
  const itemFeatures = featureTable({
    changed(slot, tokens, all) {
      if (items.hasEvents(slot)) ensemble.describeItem(slot, tokens, all)
      lists.catalogue.describe(slot, all)
      catalogue.describeItem(slot, tokens, all)
    },
    measured(slot, tokens) {
      catalogue.measureItem(slot, tokens)
      lists.catalogue.measure(slot, tokens)
    },
    isEvidence: slot => items.hasEvents(slot),
    lookAgain: { learned: () => items.learned, size: () => items.size },
  })
  const numbers = vectors({
    ensemble,
    // What is said of an item's neighbours comes with the ensemble's prediction.
    others: scale.kind === 'watch' ? [popular, biased, ensemble] : [popular, biased],
    users: userFeatures,
    items: itemFeatures,
    records,
    foresee: slot => foresee(slot),
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
    form: scale.kind === 'watch' ? 'logit' : 'reward',
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
  const liveCritic = createParameters(agent.critic.shapes)
  liveCritic.values.set(agent.critic.values)
  const critic = servingCritic(networkOptions)
  critic.load(liveCritic)

  const interest = userInterest(learn.hiddenSize, positions, pages)
  const added = addedScore(scale, pages)
  /** Whose place was cleared last: a guest stands where nobody is remembered. */
  let last = { slot: -1, id: '', asks: false }
  /** Nothing may be learned of whoever stands there for an answer. */
  const isAsking = (slot: number) => last.asks && slot === last.slot && slot >= users.size
  const resetUser = (slot: number, id: string): void => {
    if (slot >= users.size) pages.lend(slot)
    for (const policy of learners) policy.resetUser(slot, hashText(id))
    records?.resetUser(slot)
    beginUser(slot, id, false)
  }
  const guestUser = (slot: number, id: string): void => {
    pages.lend(slot)
    for (const policy of learners) (policy.guestUser ?? policy.resetUser).call(policy, slot, hashText(id))
    records?.guestUser(slot)
    beginUser(slot, id, true)
  }
  const beginUser = (slot: number, id: string, asks: boolean): void => {
    const hash = hashText(id)
    last = { slot, id, asks }
    userFeatures.reset(slot, hash)
    userAttributes.reset(slot)
    interest.reset(slot)
    added.reset(slot)
    show.resetUser(slot)
    lists.resetUser(slot)
    arms.resetUser(slot)
    control.resetUser(slot)
    judged.resetUser(slot)
  }
  const mergeUsers = (from: number, into: number): void => {
    for (const policy of learners) policy.mergeUsers?.(from, into)
    lists.mergeUsers(from, into)
    show.merge(from, into)
  }
  const users = idTable(mostUsers, (slot, id) => {
    pages.begin(slot)
    resetUser(slot, id)
  })
  const about = (user: number, { arm, context = {} }: Showing) => {
    const id = user < users.size ? users.id(user) : last.id
    const of = arm ?? (user < users.size ? arms.of(user) : arms.ofId(id))
    return {
      user: { id, attributes: userAttributes.of(user), events: ensemble.factorisation.userCount(user) },
      context: { ...context, arm: definition.arms[of]!.name },
    }
  }
  const show = mayShow({
    meanings: definition.meanings,
    isAvailable: slot => known.isAvailable(slot),
    rules: ruleSet({
      rules: definition.rules,
      length: recommend.length,
      factsOf: slot => ({
        ...{ id: items.id(slot), title: known.title(slot), tags: known.tags(slot) },
        attributes: known.attributes(slot),
      }),
    }),
    about,
    rows: pages,
  })
  const { items, known, foresee, withdraw, restored } = itemParts({
    definition,
    show,
    ...{ learners, ensemble, itemFeatures },
    lists: () => lists,
    arms: () => arms,
    judged: () => judged,
    steady: () => steady,
  })
  const lists = createRecommender({
    settings: recommend,
    seed: learn.seed,
    itemId: slot => items.id(slot),
    itemCount: () => items.size,
    available: () => known.available(items.size),
    mayShow: show.to,
    rules: () => show.rules,
    vectors: itemFeatures,
    events: { behaviours: definition.behaviours, roles: definition.meanings, scale },
    returns: Object.values(definition.meanings).some(({ again, against }) => !against && again !== 'never'),
    drawTaste: ensemble.factorisation.draw,
    rows: pages,
  })
  const catalogue = learnerCatalogue({
    ...{ plan: definition.plan, factorisation: ensemble.factorisation, userFeatures, itemFeatures },
    itemCount: () => items.size,
    foresee: slot => foresee(slot),
    rows: pages,
  })
  const arms = liveArms({ definition, tf, catalogue, show, userId: slot => users.id(slot), rows: pages })
  const control = armControl(definition, arms.share)
  const judged = servedLists({
    ...{ arms: definition.arms.map(({ name }) => name), length: recommend.length, itemId: slot => items.id(slot) },
    rows: pages,
  })
  const steady = steadyLists({
    ...{ itemCount: () => items.size, itemId: slot => items.id(slot) },
    ...{ people: lists.people, users: () => users.size },
  })
  return {
    ...{ ...scored, added, agent, live, actor, liveCritic, critic, numbers, interest },
    window: shortWindow(positions, numbers),
    scores: names.map(() => prequential(scale)),
    served: gate(names, { margin: learn.gateMargin, halfLife: learn.gateEvents }),
    ...{
      users,
      pages,
      resetUser,
      guestUser,
      mergeUsers,
      profiles: new Map(),
      items,
      known,
      foresee,
      withdraw,
      restored,
      userFeatures,
      userAttributes,
      itemFeatures,
      show,
      about,
      lists,
      catalogue,
      arms,
      control,
      judged,
      steady,
    },
  }
}
