import { agentTraining } from '../agents/ddpg-la/residual/training.ts'
import type { Backend } from '../nn/backend.ts'
import type { Command } from '../records/command.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import type { InterestBlock } from '../records/interest-block.ts'
import type { ModelVersion } from '../records/model-version.ts'
import type { Recommendation } from '../records/recommendation.ts'
import { atOnce, copiesInPieces, prefixed, type SavedArrays, withPrefix } from '../state/saved-arrays.ts'
import { actorView } from './actor-view.ts'
import { answering } from './asked/answer.ts'
import type { LastEvent } from './asked/asked.ts'
import { changeReader } from './event/apply-changes.ts'
import { championScores } from './event/champion-scores.ts'
import { firstLists } from './event/first-lists.ts'
import { eventLearning } from './event/learn-event.ts'
import { eventPredictions } from './event/predict-event.ts'
import { eventReader, type LearnerEvent } from './event/read-event.ts'
import { eventLists } from './event/recommend.ts'
import { explainItems, explainList } from './explain.ts'
import { forgetting, type IsOf } from './forgetting.ts'
import { learnerIdentity } from './identity.ts'
import type { ConsumeOptions, Learner, LearnerOutput, LearnerState } from './learner.ts'
import { learnerParts } from './learner-parts.ts'
import { scoresOf, servedOf, weightsSha256 } from './learner-report.ts'
import { merges } from './merges.ts'
import { networkShapes } from './network-shapes.ts'
import { takingUp } from './other-weights.ts'
import { restoreParts, savedParts } from './saved-parts.ts'
import { judgeLists } from './served/judge-lists.ts'
import { trainClock } from './train-clock.ts'
import { inlineTrainer } from './training/inline-trainer.ts'
import { workerTrainer } from './training/worker-trainer.ts'
import type { ColdUsers } from './users/cold-users.ts'
import { roomNotice } from './users/room-notice.ts'

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
  /** Whose ids the commands to forget somebody mean; without it nobody's. */
  isOf?: IsOf
  /** Where users go for whom there is no room in memory (default: there too, but packed). */
  cold?: ColdUsers
}): Learner {
  const { definition, backend } = options
  const { learn } = definition
  const learnerId = options.learnerId ?? definition.name
  const parts = learnerParts(definition, backend.tf, options.cold)
  const { names, agent, served, steady, arms, control } = parts
  const trainer =
    options.training === 'worker' ? workerTrainer(agent, backend.name) : inlineTrainer(agentTraining(backend.tf, agent))
  const clock = trainClock(parts, trainer, learn.blockSize)
  const view = actorView(parts, learn.hiddenSize)
  const champion = championScores(parts, view)
  const merged = merges(parts)
  const read = eventReader(parts, merged.whoIs)
  const predictions = eventPredictions(parts, view)
  const learning = eventLearning(parts, view)
  const lists = eventLists(parts, view, { learnerId, champion, settings: definition.recommend })
  const { blockSize } = learn
  const { newUsers, everybodyMs } = definition.recommend
  const first = firstLists(parts, lists, {
    ...{ learnerId, blockSize, everybodyMs },
    newUsers: newUsers === 'yes',
    whoIs: merged.whoIs,
  })
  const forgotten = forgetting(parts, {
    merged,
    first,
    settle: () => trainer.settle(),
    isOf: options.isOf ?? (() => false),
  })
  const weightsTaken = takingUp(parts, () => trainer.settle())
  const followers: Partial<Record<Command['kind'], Pick<typeof control, 'accept' | 'schedule'>>> = {
    forget: forgotten,
    merge: merged,
    weights: weightsTaken,
  }
  const followerOf = ({ kind }: Command) => followers[kind] ?? control
  const judge = judgeLists(parts)
  const answer = answering({ definition, learnerId, parts, view, champion, whoIs: merged.whoIs })
  const changes = changeReader(parts, first, merged.whoIs)

  const room = roomNotice(learn.maxUsers)

  let position = 0
  let refused = 0
  const last: LastEvent = { row: 0, partition: 0, offset: 0, time: 0 }
  /** The last offset by partition of the input. */
  const reached = new Map<number, number>()

  const weights = (): string => {
    trainer.settle()
    return weightsSha256(parts)
  }

  const version = (): ModelVersion => ({
    learner: learnerId,
    version: clock.sequences,
    sequence: position,
    sequences: clock.sequences,
    step: clock.step,
    weightsSha256: weights(),
    champion: served.champion,
    scores: scoresOf(parts),
    served: servedOf(parts),
    index: arms.indexes(),
  })

  function* saving(): Generator<void, LearnerState> {
    trainer.settle()
    const { sequences, step } = clock
    const meta = {
      ...{ identity: learnerIdentity(definition), networks: networkShapes(parts), backend: backend.name },
      ...{ position, sequences, step, refused },
      ...{ changes: changes.reached, last: { ...last }, reached: [...reached] },
    }
    const arrays: SavedArrays = {}
    for (const part of savedParts(parts)) {
      Object.assign(arrays, yield* copiesInPieces(part))
      yield
    }
    Object.assign(arrays, yield* copiesInPieces(prefixed('first', first.save())))
    Object.assign(arrays, yield* copiesInPieces(prefixed('merged', merged.save())))
    return { arrays, meta }
  }

  /** Predict, score, learn, recommend. `shortFrom` is where the sequence's short window begins in the block. */
  const consumeOne = (
    block: InterestBlock,
    k: number,
    shortFrom: number,
    output: LearnerOutput,
    { frozen, predicted, explain }: ConsumeOptions,
  ): void => {
    position = block.sequence[k]!
    reached.set(block.partition[k]!, block.offset[k]!)
    control.begin(position)
    merged.begin(position)
    weightsTaken.begin(position)
    const event = read(block, k)
    if (event === null) {
      refused += 1
      return
    }
    Object.assign(last, { row: event.row, partition: event.partition, offset: event.offset })
    last.time = Math.max(last.time, event.time)
    first.remove(event.userId)
    predictions.predict(event, block, shortFrom, block.shortCount[k]!)
    predictions.score(event)
    predicted?.(k, predictions.values)
    if (frozen) {
      learning.moveOn(event, predictions.base)
      return
    }
    judge.event(event)
    predictions.learn(event)
    learning.learn(event, predictions.base)
    const modelVersion = clock.sequences - (clock.sequences % learn.checkpointEvery)
    clock.count()
    arms.train(clock.sequences)
    const made = (list: Recommendation, of: LearnerEvent): void => {
      output.recommendations.push(list)
      if (explain?.sequence !== position || explain.userId !== list.userId) return
      explain.take({ list, explanation: explainList(parts, champion, of, list) })
    }
    const list = lists.of(event, modelVersion)
    if (list !== null) {
      judge.list(event, list)
      made(list, event)
    }
    first.make(event, modelVersion, made)
    if (clock.endBlock()) {
      served.decide(!steady.unsteady)
      arms.endBlock()
      const guarded = control.endBlock(position)
      if (guarded !== null) output.commands.push(guarded)
    }
    if (clock.sequences % learn.checkpointEvery === 0) {
      steady.endVersion(clock.sequences)
      output.versions.push(version())
    }
  }

  return {
    get position() {
      return position
    },
    get sequences() {
      return clock.sequences
    },
    get step() {
      return clock.step
    },
    get dropped() {
      return agent.dropped
    },
    get users() {
      return parts.users.size
    },
    get items() {
      return parts.items.size
    },
    get champion() {
      return served.champion
    },
    policies: names,
    consume(block, from, to, options = {}) {
      const output: LearnerOutput = { recommendations: [], versions: [], commands: [] }
      let shortFrom = 0
      for (let k = 0; k < from; k++) shortFrom += block.shortCount[k]!
      changes.begin(block, from)
      for (let k = from; k < to; k++) {
        if (block.sequence[k]! > position) forgotten.begin(block.sequence[k]!)
        changes.before(k)
        if (block.sequence[k]! > position) consumeOne(block, k, shortFrom, output, options)
        shortFrom += block.shortCount[k]!
      }
      if (to === block.sequence.length) changes.before(to)
      return output
    },
    get shares() {
      return control.shares
    },
    accept: command => followerOf(command).accept(command, position + 1),
    schedule: command => followerOf(command).schedule(command),
    forgetBefore: forgotten.begin,
    notices: () => [...parts.show.notices(), ...room(parts.pages.cold), ...steady.notices()],
    explain: asked => explainItems(parts, view, asked),
    answer: question =>
      answer(
        question,
        { ...last, change: changes.reached },
        clock.sequences - (clock.sequences % learn.checkpointEvery),
      ),
    reached: partition => reached.get(partition) ?? -1,
    version,
    scores: () => scoresOf(parts),
    served: () => servedOf(parts),
    weightsSha256: weights,
    saving,
    save: () => atOnce(saving()),
    restore({ arrays, meta }) {
      trainer.settle()
      restoreParts(parts, arrays as SavedArrays)
      first.restore(withPrefix('first', arrays as SavedArrays))
      merged.restore(withPrefix('merged', arrays as SavedArrays))
      forgotten.restore()
      weightsTaken.restore()
      position = meta['position'] as number
      clock.set(meta['sequences'] as number, meta['step'] as number)
      refused = meta['refused'] as number
      changes.set((meta['changes'] as number | undefined) ?? 0)
      Object.assign(last, meta['last'])
      reached.clear()
      for (const [partition, offset] of meta['reached'] as [number, number][]) reached.set(partition, offset)
    },
    dispose() {
      trainer.dispose()
      arms.dispose()
    },
  }
}
