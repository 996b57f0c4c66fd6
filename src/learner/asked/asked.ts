import type { PipelineDefinition } from '../../records/definition.ts'
import type { ActorView } from '../actor-view.ts'
import type { ChampionScores } from '../event/champion-scores.ts'
import type { LearnerParts } from '../learner-parts.ts'

/** What answers are made of. */
export interface Asked {
  definition: PipelineDefinition
  learnerId: string
  parts: LearnerParts
  view: ActorView
  champion: ChampionScores
  /** Whose events those of an id are by now. */
  whoIs: (userId: string) => string
}

/** When something is asked: what was learned by then. */
export interface Moment extends LastEvent {
  /** Number of the newest change of items and profiles that is known. */
  change: number
}

/** The last event that was learned from; all 0 before the first. */
export interface LastEvent {
  row: number
  partition: number
  offset: number
  /** Time of the newest one, ms. */
  time: number
}
