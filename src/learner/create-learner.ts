import { agentTraining } from '../agents/ddpg-la/residual/training.ts'
import type { Backend } from '../nn/backend.ts'
import { gapFeature } from '../predictors/ensemble/gap-feature.ts'
import type { ItemScores } from '../ranking/recommender.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import type { InterestBlock } from '../records/interest-block.ts'
import type { ModelVersion } from '../records/model-version.ts'
import { ownPolicy } from '../records/policy-names.ts'
import { listId, type Recommendation } from '../records/recommendation.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'
import { actorView, inRange } from './actor-view.ts'
import { plannedItems } from './arms/planned-items.ts'
import { withAlternatives } from './arms/with-alternatives.ts'
import { explainItems } from './explain.ts'
import { learnerIdentity } from './identity.ts'
import type { ConsumeOptions, Learner, LearnerOutput } from './learner.ts'
import { learnerParts } from './learner-parts.ts'
import { scoresOf, weightsSha256 } from './learner-report.ts'
import type { NetworkShapes } from './network-weights.ts'
import { restoreParts, saveParts } from './saved-parts.ts'
import { inlineTrainer } from './training/inline-trainer.ts'
import { workerTrainer } from './training/worker-trainer.ts'

/**
 * The learner of a pipeline: baselines, the ensemble and DDPG-LA upon it, scored side by side, the best of late serving lists.
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
  /** Where the networks are trained (default inline); the results are the same. */
  training?: 'inline' | 'worker'
}): Learner {
  const { definition, backend } = options
  const { learn } = definition
  const learnerId = options.learnerId ?? definition.name
  const identity = learnerIdentity(definition)
  const parts = learnerParts(definition, backend.tf)
  const {
    names,
    baselines,
    learners,
    agent,
    live,
    actor,
    liveCritic,
    critic,
    numbers,
    window,
    interest,
    scores,
    served,
    lists,
  } = parts
  const { users, items, userFeatures, itemFeatures, arms, control } = parts
  const trainer =
    options.training === 'worker' ? workerTrainer(agent, backend.name) : inlineTrainer(agentTraining(backend.tf, agent))
  const view = actorView(parts, learn.hiddenSize)
  const networks: NetworkShapes = {
    live: live.shapes,
    liveCritic: liveCritic.shapes,
    ...{ actor: agent.actor.shapes, targetActor: agent.actor.shapes },
    ...{ critic: agent.critic.shapes, targetCritic: agent.critic.shapes },
  }

  let position = 0
  let sequences = 0
  let step = 0
  let refused = 0
  /** Versions at which people put other weights in; from the first on the log alone no longer gives these. */
  let imported: unknown = []
  const rest = new Float64Array(numbers.profileSize + numbers.candidateSize)
  const predicted = new Float64Array(names.length)
  const errors = new Float64Array(names.length)

  /** What the champion expects of items for a user whom the view has observed. */
  const itemScores = (user: number, time: number): ItemScores => {
    const champion = served.champion
    if (champion !== ownPolicy) {
      const policy = baselines.find(each => each.name === champion)!
      // The critic belongs to the network: where that does not serve, it is not worth its time.
      return { expect: item => policy.predict(user, item, time), value: () => 0 }
    }
    return view.itemScores(user, time)
  }

  /** The list that an arm makes for a user whose window has been read. */
  const makeList = (user: number, arm: number, time: number): Recommendation['items'] => {
    const alternatives = (list: Recommendation['items']) => withAlternatives(list, arms, { user, arm, time, items })
    if (arms.plans(arm)) {
      const planned = plannedItems(arms, user, arm, { time, sequence: position, itemId: items.id })
      if (planned.length > 0) lists.noteList(user, time)
      return alternatives(planned)
    }
    view.observe(user, gapFeature(0))
    return alternatives(lists.list(user, time, itemScores(user, time)))
  }

  const consumeOne = (
    block: InterestBlock,
    k: number,
    shortFrom: number,
    output: LearnerOutput,
    { frozen, predicted: heard }: ConsumeOptions,
  ): void => {
    const reward = block.reward[k]!
    const time = block.time[k]!
    position = block.sequence[k]!
    control.begin(position)
    // The last door: nothing that is not a number in range gets near a weight.
    if (!inRange(reward, time)) {
      refused += 1
      return
    }
    const userEntry = block.users[block.user[k]!]!
    const itemEntry = block.items[block.item[k]!]!
    const user = users.touch(userEntry.id)
    const item = items.touch(itemEntry.id)
    userFeatures.set(user, userEntry.features)
    itemFeatures.set(item, itemEntry.features)
    arms.settleItem(item)

    // Predict.
    view.readWindow(block, shortFrom, block.shortCount[k]!, user)
    const lastTime = window.length > 0 ? window.times[window.length - 1]! : Number.NaN
    view.observe(user, gapFeature(time - lastTime))
    for (let p = 0; p < baselines.length; p++) predicted[p] = baselines[p]!.predict(user, item, time)
    const base = predicted[baselines.length - 1]!
    predicted[baselines.length] = view.predict(user, item, time, base)

    // Score.
    for (let p = 0; p < scores.length; p++) {
      scores[p]!.add(predicted[p]!, reward)
      errors[p] = (predicted[p]! - reward) ** 2
    }
    served.add(errors)
    heard?.(k, predicted)

    const { hidden, cell } = view
    const moveOn = () => {
      interest.noteResidual(user, item, time, reward - base)
      if (window.insert(item, time, reward, reward - base)) {
        actor.advance(window.left.vector, hidden, cell)
        interest.write(user, hidden, cell, window.left.time)
      }
    }
    const seen = { item, reward, like: block.like[k]!, time, answers: block.answers[k]! }
    if (frozen) {
      moveOn()
      arms.observe(user, seen, false)
      return
    }

    // Remember the transition as it was predicted, learn what is learned per event, move the user's state on.
    rest.set(view.profile)
    rest.set(view.candidate, view.profile.length)
    const previous = interest.transition(user)
    const number = agent.remember({ window: window.vectors, hidden, cell, rest, base, reward, previous })
    interest.setTransition(user, number)
    lists.observe(user, item, reward, itemScores(user, time))
    for (const policy of learners) policy.learn(user, item, reward, time)
    moveOn()
    arms.observe(user, seen, true)
    control.event(user, time, reward)
    sequences += 1
    arms.train(sequences)

    // Recommend.
    const arm = arms.of(user)
    const listed = lists.due(user, time, block.late[k] === 1) ? makeList(user, arm, time) : []
    // The very first users may have seen all the items there are.
    if (listed.length > 0) {
      control.list(user, arm, time)
      output.recommendations.push({
        recommendationId: listId(learnerId, position),
        userId: userEntry.id,
        time,
        sequence: position,
        partition: block.partition[k]!,
        offset: block.offset[k]!,
        modelVersion: sequences - 1 - ((sequences - 1) % learn.checkpointEvery),
        policy: arms.plans(arm) ? arms.arms[arm]!.policy : served.champion,
        arm: arms.arms[arm]!.name,
        items: listed,
      })
    }

    // Trained weights go live one block after they were trained, so training may take as long as a block lasts.
    if (sequences % learn.blockSize === 0) {
      trainer.settle()
      live.values.set(agent.actor.values)
      actor.load(live)
      liveCritic.values.set(agent.critic.values)
      critic.load(liveCritic)
      trainer.begin(agent.memory.added)
      step += 1
      served.decide()
      arms.endBlock()
      const guarded = control.endBlock(position)
      if (guarded !== null) output.commands.push(guarded)
    }
    if (sequences % learn.checkpointEvery === 0) output.versions.push(version())
  }

  const weights = (): string => {
    trainer.settle()
    return weightsSha256(parts)
  }

  const version = (): ModelVersion => ({
    learner: learnerId,
    version: sequences,
    sequence: position,
    sequences,
    step,
    weightsSha256: weights(),
    champion: served.champion,
    scores: scoresOf(parts),
  })

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
    policies: names,
    consume(block, from, to, options = {}) {
      const output: LearnerOutput = { recommendations: [], versions: [], commands: [] }
      let shortFrom = 0
      for (let k = 0; k < from; k++) shortFrom += block.shortCount[k]!
      for (let k = from; k < to; k++) {
        if (block.sequence[k]! > position) consumeOne(block, k, shortFrom, output, options)
        shortFrom += block.shortCount[k]!
      }
      return output
    },
    get shares() {
      return control.shares
    },
    accept: command => control.accept(command, position + 1),
    schedule: control.schedule,
    explain: asked => explainItems(parts, view, asked),
    version,
    scores: () => scoresOf(parts),
    weightsSha256: weights,
    save() {
      trainer.settle()
      const meta = { identity, networks, imported, backend: backend.name, position, sequences, step, refused }
      return { arrays: saveParts(parts), meta }
    },
    restore({ arrays, meta }) {
      trainer.settle()
      restoreParts(parts, arrays as SavedArrays)
      position = meta['position'] as number
      sequences = meta['sequences'] as number
      step = meta['step'] as number
      refused = meta['refused'] as number
      imported = meta['imported']
    },
    dispose() {
      trainer.dispose()
      arms.dispose()
    },
  }
}
