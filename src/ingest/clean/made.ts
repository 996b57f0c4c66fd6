import type { LogRecord } from '../../log/log.ts'
import type { BehaviourEvent, PipelineDefinition } from '../../records/definition.ts'
import type { Reason } from '../../records/reasons.ts'
import { DefinitionFailure, likedOf, rewardOf } from '../definition-calls.ts'
import { contextFeatures } from '../join/features.ts'
import type { Cleaner } from './clean.ts'

/** What the definition makes of an event. */
export interface Made {
  /** Features of what surrounds the event. */
  context: string
  liked: boolean
  reward: number
}

/** What the definition makes of an event, or why it is rejected for what it says: the producer's fault before the definition's. */
export function madeOf(
  event: BehaviourEvent,
  record: LogRecord,
  cleaner: Cleaner,
  definition: PipelineDefinition,
): Made | Reason | DefinitionFailure {
  const wrong = cleaner.check(event, record)
  if (wrong !== null) return wrong
  const reward = rewardOf(event, definition.reward)
  if (reward instanceof DefinitionFailure) return reward
  const liked = likedOf(event, definition.like)
  if (liked instanceof DefinitionFailure) return liked
  const context = contextFeatures(event, definition.features)
  return context instanceof DefinitionFailure ? context : { reward, liked, context }
}
