import { openCheckpoints } from '../../learner/checkpoint.ts'
import { createLearner } from '../../learner/create-learner.ts'
import { Learn } from '../../learner/process/learn.ts'
import { coldFiles, usersIn } from '../../learner/users/cold-files.ts'
import { holdFolder } from '../../log/embedded/hold-folder.ts'
import { openBackend } from '../../nn/backend.ts'
import { withSettings } from '../../pipeline/settings.ts'
import { Forgotten } from '../../records/forgotten.ts'
import { learnedTopics, topicSpecs, topicsOf } from '../../records/topics.ts'
import { bindTopics } from '../bind-topics.ts'
import { findPipeline } from '../find-pipeline.ts'
import { checkForgetKey, forgetKey } from '../forget-key.ts'
import { layoutOf, layoutOfPart } from '../layout.ts'
import type { Assignment } from '../messages.ts'
import { openLog } from '../open-log.ts'
import { ownerOf } from '../owner.ts'
import { answerAndTell } from './answer-and-tell.ts'
import { awaitLog } from './await-log.ts'
import { runFollow } from './follow.ts'
import { lead } from './lead.ts'
import type { ProcessLink } from './process-link.ts'

/** Learn from interest sequences and publish recommendations until asked to stop; where another process leads, follow it. */
export async function runLearn(assignment: Assignment, link: ProcessLink): Promise<void> {
  if (assignment.standby !== undefined) return runFollow(assignment, link)
  const definition = withSettings(await findPipeline(assignment.pipeline), assignment.settings)
  const layout = layoutOf(assignment.data, definition.name)
  // Before it can fence the producer of another that learns into this folder.
  const held = await holdFolder(layout.learnLock, `The learner of ${definition.name}`)
  const notice = (message: string) => link.say({ type: 'notice', message })
  const backend = await openBackend(assignment.backend)
  const owner = ownerOf(definition.name, layout, { ...assignment, role: 'learn' }, () => link.say({ type: 'held' }))
  const onWaiting = (reason: string | null) => link.waiting(reason)
  const log = await awaitLog(
    () => openLog(assignment.connection, layout, { owner, onNotice: notice, onWaiting }),
    onWaiting,
  )
  await log.ensureTopics(
    topicSpecs(definition.name, definition.partitions, definition.topicRetention, definition.parts),
  )
  const topics = topicsOf(definition.name)
  const learned = learnedTopics(definition.name, definition.parts)
  bindTopics(layout, topics, await log.topicIds(learned))
  const forgotten = new Forgotten(() => forgetKey(layout))
  const users = coldFiles({ folder: usersIn(layout.checkpoints) })
  const learner = createLearner({
    ...{ definition, backend, training: definition.learn.training, cold: users },
    isOf: ({ forget }, id) => forget !== undefined && forgotten.isOf({ forget }, id),
  })
  const checkpoints = openCheckpoints({ folder: layout.checkpoints, definition, onDamaged: notice, users })
  const learn = await Learn.open({
    definition,
    log,
    learner,
    forgotten,
    checkpoints,
    clock: () => performance.now(),
    stopped: link.stopped,
    ...(assignment.skipLost ? { onLost: notice } : {}),
    onUnreadable: record => link.passedOver(record),
    onNotice: notice,
  })
  await checkForgetKey(forgotten, { layout, log })
  // Recovery may have taken long: what is read from now on must be the topics that were looked at.
  bindTopics(layout, topics, await log.topicIds(learned))
  link.say({ type: 'ready', detail: backend.name })
  const sockets = { door: layout.learnDoor, control: layout.learnControl }
  const decided = (part: number) => layoutOfPart(layout, { part, of: definition.parts }).control
  const answering = await answerAndTell(learn, {
    ...{ role: 'learn', assignment, learner, log, sockets, decided },
  })
  await lead(learn, { definition, learner, log, group: owner.group, backend: backend.name, link, answering })
  await log.close()
  held.release()
}
