import { hostname } from 'node:os'
import { openCheckpoints } from '../../learner/checkpoint.ts'
import { createLearner } from '../../learner/create-learner.ts'
import { Follow } from '../../learner/process/follow.ts'
import { openBackend } from '../../nn/backend.ts'
import { withSettings } from '../../pipeline/settings.ts'
import { Forgotten } from '../../records/forgotten.ts'
import { topicSpecs, topicsOf } from '../../records/topics.ts'
import { checkTopics } from '../bind-topics.ts'
import { findPipeline } from '../find-pipeline.ts'
import { checkForgetKey, forgetKey } from '../forget-key.ts'
import { followSockets, layoutOf } from '../layout.ts'
import type { Assignment } from '../messages.ts'
import { openLog } from '../open-log.ts'
import { answerAndTell } from './answer-and-tell.ts'
import { awaitLog } from './await-log.ts'
import type { ProcessLink } from './process-link.ts'

/**
 * Follow the learner of a pipeline until asked to stop, and answer what the service of this run asks. The data folder may be the
 * leader's, or a copy: checkpoints are read from it, and nothing is written there.
 */
export async function runFollow(assignment: Assignment, link: ProcessLink): Promise<void> {
  const definition = withSettings(await findPipeline(assignment.pipeline), assignment.settings)
  const layout = layoutOf(assignment.data, definition.name)
  const sockets = followSockets(assignment.run.id)
  const notice = (message: string) => link.say({ type: 'notice', message })
  const backend = await openBackend(assignment.backend)
  const onWaiting = (reason: string | null) => link.waiting(reason)
  const log = await awaitLog(() => openLog(assignment.connection, layout, { onNotice: notice, onWaiting }), onWaiting)
  await log.ensureTopics(topicSpecs(definition.name, definition.partitions, definition.topicRetention))
  const topics = topicsOf(definition.name)
  checkTopics(layout, topics, await log.topicIds([topics.interestSequences]))
  const forgotten = new Forgotten(() => forgetKey(layout))
  const learner = createLearner({
    ...{ definition, backend, training: definition.learn.training },
    isOf: ({ forget }, id) => forget !== undefined && forgotten.isOf({ forget }, id),
  })
  const follow = await Follow.open({
    ...{ definition, log, learner, forgotten, stopped: link.stopped, onNotice: notice },
    checkpoints: openCheckpoints({ folder: layout.checkpoints, definition, onDamaged: notice }),
    follower: `${hostname()}.${process.pid}`,
    checkKey: () => checkForgetKey(forgotten, { layout, log }),
    onUnreadable: record => link.passedOver(record),
  })
  await checkForgetKey(forgotten, { layout, log })
  const answering = await answerAndTell(follow, {
    ...{ role: 'follow', assignment, learner, log, sockets, decided: layout.control },
  })
  link.say({ type: 'ready', detail: backend.name })
  while (!link.stopped.aborted) {
    const began = performance.now()
    if (await follow.step(100, answering.pause)) answering.stepped(performance.now() - began)
    link.report(performance.now(), () => ({
      type: 'learned',
      ...{ position: learner.position, sequences: learner.sequences, champion: learner.champion },
      ...{ recommendations: follow.recommendations, firstRecommendationMs: null, backend: backend.name },
      ...{ scores: learner.scores(), served: learner.served() },
    }))
  }
  await answering.close()
  await follow.close()
  await log.close()
}
