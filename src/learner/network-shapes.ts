import type { LearnerParts } from './learner-parts.ts'
import type { NetworkShapes } from './network-weights.ts'

/** The networks of a learner, as its checkpoints list them. */
export function networkShapes({
  live,
  liveCritic,
  agent,
}: Pick<LearnerParts, 'live' | 'liveCritic' | 'agent'>): NetworkShapes {
  return {
    live: live.shapes,
    liveCritic: liveCritic.shapes,
    ...{ actor: agent.actor.shapes, targetActor: agent.actor.shapes },
    ...{ critic: agent.critic.shapes, targetCritic: agent.critic.shapes },
  }
}
