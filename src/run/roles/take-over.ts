import { isRecstreamError, RecstreamError } from '../../errors.ts'
import type { Follow } from '../../learner/process/follow.ts'
import { Learn } from '../../learner/process/learn.ts'
import type { LearnOptions } from '../../learner/process/learn-options.ts'
import type { Claim } from '../../log/embedded/claim.ts'
import { holdFolder } from '../../log/embedded/hold-folder.ts'
import { learnedTopics, topicsOf } from '../../records/topics.ts'
import { bindTopics } from '../bind-topics.ts'
import type { Layout } from '../layout.ts'

/** A learner whose folder lives is none that is gone: it is waited for no longer than this, ms. */
const lockWaitMs = 50

/**
 * Go on from a follower as the leader, and hold the folder; null where another process learns into it, or cannot be shut out: that one
 * is waited for again.
 */
export async function takeOver(
  follow: Follow,
  options: LearnOptions,
  layout: Layout,
): Promise<{ learn: Learn; held: Claim } | null> {
  const { definition, log } = options
  let held: Claim | null = null
  try {
    held = await holdFolder(layout.learnLock, `The learner of ${definition.name}`, lockWaitMs)
    const topics = topicsOf(definition.name)
    bindTopics(layout, topics, await log.topicIds(learnedTopics(definition.name, definition.parts)))
    return { learn: await Learn.takeOver(options, follow), held }
  } catch (error) {
    held?.release()
    // Until it has handed over, the follower can follow on, with all that it has learned.
    const mayWait = isRecstreamError(error, 'ALREADY_RUNNING') || (error instanceof RecstreamError && error.retriable)
    if (follow.isHandedOver || !mayWait) throw error
    follow.waitForLeader()
    return null
  }
}
