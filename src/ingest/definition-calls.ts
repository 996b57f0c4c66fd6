import type { BehaviourEvent, PipelineDefinition } from '../records/definition.ts'
import { contextFeatures } from './join/features.ts'

/*
 * A definition's functions are somebody else's code: whatever they throw or return costs the record at hand, nothing more.
 */

/** Whether something that calls the definition's functions went well. */
export function attempt(work: () => void): boolean {
  return guarded(() => {
    work()
    return true
  }, false)
}

/** Whether an event says that the user liked the item, or null where the definition's function fails on it. */
export function likedOf(event: BehaviourEvent, like: PipelineDefinition['like']): boolean | null {
  return guarded(() => like(event) === true, null)
}

/** Features of what surrounds an event, or null where the definition's function fails on it. */
export function contextOf(event: BehaviourEvent, features: PipelineDefinition['features']): string | null {
  return guarded(() => contextFeatures(event, features), null)
}

/** The reward of an event, or null where the definition's function has no number in [0, 1] for it. */
export function rewardOf(event: BehaviourEvent, reward: (event: BehaviourEvent) => number): number | null {
  return guarded(() => {
    const value = reward(event)
    return value >= 0 && value <= 1 ? value : null
  }, null)
}

function guarded<T>(call: () => T, failed: T): T {
  try {
    return call()
  } catch {
    return failed
  }
}
