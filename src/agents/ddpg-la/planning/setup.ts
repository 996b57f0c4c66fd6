import type { returnsOf } from '../../interest/transitions.ts'
import type { DdpgOptions } from './options.ts'

/** What a DDPG-LA that plans is made of, whatever its action is. */
export interface DdpgSetup {
  seed: number
  options: DdpgOptions
  /** What came of a choice, so far as it is known; of actions that are learned step by step. */
  rule?: typeof returnsOf
}
