import { hostname } from 'node:os'
import { openCheckpoints } from '../../learner/checkpoint.ts'
import { createLearner } from '../../learner/create-learner.ts'
import { Follow } from '../../learner/process/follow.ts'
import type { Learn } from '../../learner/process/learn.ts'
import { coldFiles, usersIn } from '../../learner/users/cold-files.ts'
import { openBackend } from '../../nn/backend.ts'
import { withSettings } from '../../pipeline/settings.ts'
import { Forgotten } from '../../records/forgotten.ts'
import { learnedTopics, topicSpecs, topicsOf } from '../../records/topics.ts'
import { checkTopics } from '../bind-topics.ts'
import { findPipeline } from '../find-pipeline.ts'
import { checkForgetKey, forgetKey } from '../forget-key.ts'
import { followSockets, layoutOf, layoutOfPart } from '../layout.ts'
import type { Assignment } from '../messages.ts'
import { openLog } from '../open-log.ts'
import { ownerOf } from '../owner.ts'
import { scratchFolder } from '../scratch-folder.ts'
import { answerAndTell } from './answer-and-tell.ts'
import { awaitLog } from './await-log.ts'
import { lead } from './lead.ts'
import type { ProcessLink } from './process-link.ts'
import { takeOver } from './take-over.ts'

/**
 * Follow the learner of a pipeline until asked to stop, and answer what the service of this run asks. The data folder may be the
 * leader's, or a copy: checkpoints are read from it, and nothing is written there.
 *
 * A standby goes on as the leader once that one is gone, with what it has learned, and keeps its checkpoints in the folder then.
 * Under a supervisor that began as the leader's it answers where that one did.
 */
export async function runFollow(assignment: Assignment, link: ProcessLink): Promise<void> {
  const { standby } = assignment
  const definition = withSettings(await findPipeline(assignment.pipeline), assignment.settings)
  const layout = layoutOf(assignment.data, definition.name)
  const role = assignment.role === 'learn' ? 'learn' : 'follow'
  const own = { door: layout.learnDoor, control: layout.learnControl }
  const sockets = role === 'learn' ? own : followSockets(assignment.run.id)
  const notice = (message: string) => link.say({ type: 'notice', message })
  const backend = await openBackend(assignment.backend)
  const onWaiting = (reason: string | null) => link.waiting(reason)
  const owner = ownerOf(definition.name, layout, { ...assignment, role: 'learn', held: false })
  const around = { ...(standby && { owner }), onNotice: notice, onWaiting }
  const log = await awaitLog(() => openLog(assignment.connection, layout, around), onWaiting)
  await log.ensureTopics(
    topicSpecs(definition.name, definition.partitions, definition.topicRetention, definition.parts),
  )
  const topics = topicsOf(definition.name)
  checkTopics(layout, topics, await log.topicIds(learnedTopics(definition.name, definition.parts)))
  const forgotten = new Forgotten(() => forgetKey(layout))
  const users = coldFiles({ folder: usersIn(layout.checkpoints), scratch: scratchFolder() })
  const learner = createLearner({
    ...{ definition, backend, training: definition.learn.training, cold: users },
    isOf: ({ forget }, id) => forget !== undefined && forgotten.isOf({ forget }, id),
  })
  const clock = () => performance.now()
  const checkpoints = openCheckpoints({ folder: layout.checkpoints, definition, onDamaged: notice, users })
  const onUnreadable = link.passedOver.bind(link)
  const options = {
    definition,
    log,
    learner,
    forgotten,
    checkpoints,
    stopped: link.stopped,
    onNotice: notice,
    onUnreadable,
  }
  const follow = await Follow.open({
    ...options,
    // The run's, so that it outlives this process.
    follower: `${hostname()}.${assignment.run.process}`,
    isAgain: assignment.restarts > 0,
    checkKey: () => checkForgetKey(forgotten, { layout, log }),
    ...(standby && { watch: { ...standby, clock } }),
  })
  await checkForgetKey(forgotten, { layout, log })
  let learn: Learn | null = null
  const work = {
    asked: follow.asked,
    get positions() {
      return (learn ?? follow).positions
    },
    get recommendations() {
      return follow.recommendations + (learn?.recommendations ?? 0)
    },
  }
  const decided = (part: number) => layoutOfPart(layout, { part, of: definition.parts }).control
  const answering = await answerAndTell(work, { role, assignment, learner, log, sockets, decided })
  link.say({ type: 'ready', detail: backend.name })
  while (!link.stopped.aborted) {
    const began = performance.now()
    const busy = await follow.step(100, answering.pause)
    if (busy) answering.stepped(performance.now() - began)
    link.report(performance.now(), () => ({
      type: 'learned',
      ...{ position: learner.position, sequences: learner.sequences, champion: learner.champion },
      ...{ recommendations: follow.recommendations, firstRecommendationMs: null, backend: backend.name },
      ...{ scores: learner.scores(), served: learner.served() },
    }))
    if (!follow.leaderIsGone && !(link.asked('drain') && !busy)) continue
    const taken = await takeOver(follow, { ...options, clock }, layout)
    if (taken === null) continue
    learn = taken.learn
    users.settleIn()
    notice(
      `The leader of ${definition.name} is gone; this process goes on in its place from row ${learner.position + 1}.`,
    )
    await lead(learn, { definition, learner, log, group: owner.group, backend: backend.name, link, answering })
    taken.held.release()
    await log.close()
    return
  }
  await answering.close()
  await follow.close()
  await log.close()
  users.close()
}
