import { createHash } from 'node:crypto'
import { createAgent } from '../agents/ddpg-la/agent.ts'
import type { NetworkOptions } from '../agents/ddpg-la/network.ts'
import { servingActor } from '../agents/ddpg-la/serving.ts'
import { bias } from '../baselines/bias.ts'
import { factorisation } from '../baselines/factorisation.ts'
import { clipReward, type Policy } from '../baselines/policy.ts'
import { popularity } from '../baselines/popularity.ts'
import { prequential } from '../evaluate/prequential.ts'
import type { Backend } from '../model/backend.ts'
import { createParameters } from '../model/parameters.ts'
import { hashText } from '../model/random.ts'
import { prefixed, type SavedArrays, withPrefix } from '../model/saved-arrays.ts'
import type { PipelineDefinition } from '../pipeline/definition.ts'
import type { Recommendation } from '../recommend/recommendation.ts'
import { createRecommender } from '../recommend/recommender.ts'
import type { InterestBlock } from '../window/sequence.ts'
import { featureTable } from './features.ts'
import { gate } from './gate.ts'
import { idTable } from './id-table.ts'
import { learnerIdentity } from './identity.ts'
import type { Learner, LearnerOutput, LearnerState } from './learner.ts'
import type { ModelVersion, Score } from './model-version.ts'
import { shortWindow } from './short-window.ts'
import { userInterest } from './user-interest.ts'
import { gapFeature, vectors } from './vectors.ts'

/** The policies that are scored on every event, in the order in which scores are listed. */
export const policyNames = ['popularity', 'bias', 'factorisation', 'ddpg-la'] as const

/**
 * The learner of a pipeline: three baselines and DDPG-LA, scored side by side, the best of late serving the lists.
 *
 *     const learner = createLearner({ definition, backend: await openBackend() })
 *     const { recommendations, versions } = learner.consume(block, 0, block.sequence.length)
 *
 * The same sequences give the same bits however they are cut into calls. Weights differ between backends of
 * TensorFlow.js, so a run is repeatable on one backend, not across two.
 */
export function createLearner(options: {
  definition: PipelineDefinition
  backend: Backend
  learnerId?: string
}): Learner {
  const { definition, backend } = options
  const { learn, recommend } = definition
  const learnerId = options.learnerId ?? definition.name
  const positions = definition.window.shortLength

  const popular = popularity()
  const biased = bias()
  const factorised = factorisation({ factors: learn.factors, seed: learn.seed })
  const baselines: readonly Policy[] = [popular, biased, factorised]
  const userFeatures = featureTable()
  const itemFeatures = featureTable()
  const numbers = vectors({
    factorisation: factorised,
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
    enhancement: 'lift',
    weighting: 'time',
  }
  const agent = createAgent(backend.tf, {
    ...networkOptions,
    seed: learn.seed,
    batch: learn.blockSize,
    batchesPerStep: learn.batchesPerStep,
    replayCapacity: Math.max(learn.replayCapacity, learn.blockSize),
    learningRate: learn.learningRate,
    gamma: learn.gamma,
    criticWeight: learn.criticWeight,
    targetRate: learn.targetRate,
  })
  // Trained weights go live one block after they were trained, so training may take as long as a block lasts.
  const live = createParameters(agent.actor.shapes)
  live.values.set(agent.actor.values)
  const actor = servingActor(networkOptions)
  actor.load(live)

  const interest = userInterest(learn.hiddenSize, positions)
  const window = shortWindow(positions, numbers)
  const scores = policyNames.map(() => prequential(definition.scale))
  const served = gate(policyNames, { margin: learn.gateMargin, halfLife: learn.gateEvents })

  const users = idTable(learn.maxUsers, (slot, id) => {
    const hash = hashText(id)
    for (const policy of baselines) policy.resetUser(slot, hash)
    userFeatures.reset(slot)
    interest.reset(slot)
    lists.resetUser(slot)
  })
  const items = idTable(learn.maxItems, (slot, id) => {
    const hash = hashText(id)
    for (const policy of baselines) policy.resetItem(slot, hash)
    itemFeatures.reset(slot)
    lists.resetItem(slot, hash)
  })
  const lists = createRecommender({
    settings: recommend,
    seed: learn.seed,
    itemId: slot => items.id(slot),
    popularity: popular,
    factorisation: factorised,
  })

  let position = 0
  let sequences = 0
  let step = 0
  let refused = 0
  const profile = new Float64Array(numbers.profileSize)
  const candidate = new Float64Array(numbers.candidateSize)
  const rest = new Float64Array(profile.length + candidate.length)
  const hidden = new Float64Array(learn.hiddenSize)
  const cell = new Float64Array(learn.hiddenSize)
  const predicted = new Float64Array(policyNames.length)
  const errors = new Float64Array(policyNames.length)

  /** Read a sequence's short window, its last `positions` records. */
  const readWindow = (block: InterestBlock, from: number, count: number, user: number) => {
    window.clear()
    let before = interest.leftTime(user)
    for (let k = from + Math.max(0, count - positions); k < from + count; k++) {
      const item = items.find(block.items[block.shortItem[k]!]!.id)
      const time = block.shortTime[k]!
      const reward = block.shortReward[k]!
      const noted = interest.residual(user, item, time)
      const residual = Number.isNaN(noted) ? reward - biased.predict(user, Math.max(item, 0), time) : noted
      window.push(item, time, reward, residual, gapFeature(time - before))
      before = time
    }
  }

  /** What DDPG-LA expects of an item, for the user whose window the actor has observed. */
  const actorPrediction = (user: number, item: number, time: number, base: number): number => {
    numbers.candidate(candidate, user, item, time, base)
    return clipReward(base + actor.delta(candidate))
  }

  const makeList = (user: number, time: number): Recommendation['items'] => {
    const champion = served.champion
    if (champion === 'ddpg-la') {
      numbers.profile(profile, user, gapFeature(0))
      interest.read(user, hidden, cell)
      actor.observe(window.vectors, hidden, cell, profile)
      return lists.list(user, time, window.items, item =>
        actorPrediction(user, item, time, factorised.predict(user, item, time)),
      )
    }
    const policy = baselines.find(each => each.name === champion)!
    return lists.list(user, time, window.items, item => policy.predict(user, item, time))
  }

  const consumeOne = (block: InterestBlock, k: number, shortFrom: number, output: LearnerOutput): void => {
    const reward = block.reward[k]!
    const time = block.time[k]!
    position = block.sequence[k]!
    // The last door: nothing that is not a number in range gets near a weight.
    if (!(reward >= 0 && reward <= 1) || !Number.isFinite(time)) {
      refused += 1
      return
    }
    const userEntry = block.users[block.user[k]!]!
    const itemEntry = block.items[block.item[k]!]!
    const user = users.touch(userEntry.id)
    const item = items.touch(itemEntry.id)
    userFeatures.set(user, userEntry.features)
    itemFeatures.set(item, itemEntry.features)

    // Predict.
    readWindow(block, shortFrom, block.shortCount[k]!, user)
    const lastTime = window.length > 0 ? window.times[window.length - 1]! : Number.NaN
    numbers.profile(profile, user, gapFeature(time - lastTime))
    interest.read(user, hidden, cell)
    actor.observe(window.vectors, hidden, cell, profile)
    for (let p = 0; p < baselines.length; p++) predicted[p] = baselines[p]!.predict(user, item, time)
    const base = predicted[2]!
    predicted[3] = actorPrediction(user, item, time, base)

    // Score.
    for (let p = 0; p < scores.length; p++) {
      scores[p]!.add(predicted[p]!, reward)
      errors[p] = (predicted[p]! - reward) ** 2
    }
    served.add(errors)

    // Remember the transition as it was predicted, learn what is learned per event, move the user's state on.
    rest.set(profile)
    rest.set(candidate, profile.length)
    const previous = interest.transition(user)
    const number = agent.remember({ window: window.vectors, hidden, cell, rest, base, reward, previous })
    interest.setTransition(user, number)
    lists.observe(user, item, window.items)
    for (const policy of baselines) policy.learn(user, item, reward, time)
    interest.noteResidual(user, item, time, reward - base)
    if (window.insert(item, time, reward, reward - base)) {
      actor.advance(window.left.vector, hidden, cell)
      interest.write(user, hidden, cell, window.left.time)
    }
    sequences += 1

    // Recommend.
    const listed = lists.due(user, time, block.late[k] === 1) ? makeList(user, time) : []
    // The very first users may have seen all the items there are.
    if (listed.length > 0) {
      output.recommendations.push({
        recommendationId: `${learnerId}-${position}`,
        userId: userEntry.id,
        time,
        sequence: position,
        partition: block.partition[k]!,
        offset: block.offset[k]!,
        modelVersion: sequences - 1 - ((sequences - 1) % learn.checkpointEvery),
        policy: served.champion,
        arm: 'all',
        items: listed,
      })
    }

    if (sequences % learn.blockSize === 0) {
      live.values.set(agent.actor.values)
      actor.load(live)
      agent.train()
      step += 1
      served.decide()
    }
    if (sequences % learn.checkpointEvery === 0) output.versions.push(version())
  }

  const allScores = (): Score[] =>
    policyNames.flatMap((policy, p) =>
      scores[p]!.scores().map(({ metric, value }) => ({ policy, metric, value, events: scores[p]!.events })),
    )

  const weightsSha256 = (): string => {
    const hash = createHash('sha256')
    const parts = [
      agent.actor.values,
      agent.critic.values,
      live.values,
      ...baselines.flatMap(policy => Object.values(policy.save(users.size, items.size))),
    ]
    for (const part of parts) hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
    return hash.digest('hex')
  }

  const version = (): ModelVersion => ({
    learner: learnerId,
    version: sequences,
    sequence: position,
    sequences,
    step,
    weightsSha256: weightsSha256(),
    champion: served.champion,
    scores: allScores(),
  })

  const identity = learnerIdentity(definition)

  return {
    get position() {
      return position
    },
    get sequences() {
      return sequences
    },
    get step() {
      return step
    },
    get champion() {
      return served.champion
    },
    consume(block, from, to) {
      const output: LearnerOutput = { recommendations: [], versions: [] }
      let shortFrom = 0
      for (let k = 0; k < from; k++) shortFrom += block.shortCount[k]!
      for (let k = from; k < to; k++) {
        if (block.sequence[k]! > position) consumeOne(block, k, shortFrom, output)
        shortFrom += block.shortCount[k]!
      }
      return output
    },
    version,
    scores: allScores,
    weightsSha256,
    save(): LearnerState {
      const arrays: SavedArrays = {
        ...users.save('users'),
        ...items.save('items'),
        ...prefixed('userFeatures', userFeatures.save(users.size)),
        ...prefixed('itemFeatures', itemFeatures.save(items.size)),
        ...prefixed('interest', interest.save(users.size)),
        ...prefixed('gate', served.save()),
        ...prefixed('lists', lists.save(users.size, items.size)),
        ...prefixed('agent', agent.save()),
        live: live.values.slice(),
      }
      for (const policy of baselines) {
        Object.assign(arrays, prefixed(`policy.${policy.name}`, policy.save(users.size, items.size)))
      }
      for (const [p, name] of policyNames.entries()) Object.assign(arrays, prefixed(`score.${name}`, scores[p]!.save()))
      return { arrays, meta: { identity, backend: backend.name, position, sequences, step, refused } }
    },
    restore(state) {
      const arrays = state.arrays as SavedArrays
      users.restore('users', arrays)
      items.restore('items', arrays)
      userFeatures.restore(withPrefix('userFeatures', arrays))
      itemFeatures.restore(withPrefix('itemFeatures', arrays))
      interest.restore(withPrefix('interest', arrays))
      served.restore(withPrefix('gate', arrays))
      lists.restore(withPrefix('lists', arrays))
      agent.restore(withPrefix('agent', arrays))
      live.values.set(arrays['live'] as Float32Array)
      actor.load(live)
      for (const policy of baselines) policy.restore(withPrefix(`policy.${policy.name}`, arrays))
      for (const [p, name] of policyNames.entries()) scores[p]!.restore(withPrefix(`score.${name}`, arrays))
      position = state.meta['position'] as number
      sequences = state.meta['sequences'] as number
      step = state.meta['step'] as number
      refused = state.meta['refused'] as number
    },
    dispose() {},
  }
}
