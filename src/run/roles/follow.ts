import { hostname } from 'node:os'
import { openCheckpoints } from '../../learner/checkpoint.ts'
import { createLearner } from '../../learner/create-learner.ts'
import { serveDoor } from '../../learner/door/door.ts'
import { Follow } from '../../learner/process/follow.ts'
import { lagMetric } from '../../metrics/lag.ts'
import { learnMetrics } from '../../metrics/learn-metrics.ts'
import { processMetrics, sentMetrics } from '../../metrics/process-metrics.ts'
import { openBackend } from '../../nn/backend.ts'
import { withSettings } from '../../pipeline/settings.ts'
import { Forgotten } from '../../records/forgotten.ts'
import { topicSpecs, topicsOf } from '../../records/topics.ts'
import { checkTopics } from '../bind-topics.ts'
import { askControl, serveControl } from '../control.ts'
import { findPipeline } from '../find-pipeline.ts'
import { checkForgetKey, forgetKey } from '../forget-key.ts'
import { followSockets, layoutOf } from '../layout.ts'
import type { Assignment } from '../messages.ts'
import { openLog } from '../open-log.ts'
import { askDecided } from './ask-decided.ts'
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
  const door = await serveDoor(sockets.door, follow.asked)
  // Elsewhere than ingest nobody answers that, and who asks waits until the next event that is kept is known.
  const stopAsking = askDecided(() => askControl(layout.control, 'decided'), follow.asked, door.moved)
  const pause = () => {
    door.moved()
    return new Promise<void>(resolve => setImmediate(resolve))
  }

  const ownMetrics = processMetrics('follow', assignment)
  lagMetric(ownMetrics, {
    name: 'recstream_learn_lag_records',
    help: 'Blocks of interest-sequences that are not learned from yet.',
    log,
    positions: async () => [follow.reached],
  })
  const metrics = learnMetrics(ownMetrics, () => ({
    ...{ sequences: learner.sequences, step: learner.step, dropped: learner.dropped, champion: learner.champion },
    ...{ users: learner.users, items: learner.items, lists: follow.recommendations, served: learner.served },
  }))
  const control = await serveControl(sockets.control, { metrics: () => sentMetrics(ownMetrics) })
  link.say({ type: 'ready', detail: backend.name })
  while (!link.stopped.aborted) {
    const began = performance.now()
    if (await follow.step(100, pause)) metrics.stepped(performance.now() - began)
    link.report(performance.now(), () => ({
      type: 'learned',
      ...{ position: learner.position, sequences: learner.sequences, champion: learner.champion },
      ...{ recommendations: follow.recommendations, firstRecommendationMs: null, backend: backend.name },
      ...{ scores: learner.scores(), served: learner.served() },
    }))
  }
  stopAsking()
  await door.close()
  await control.close()
  await follow.close()
  await log.close()
}
