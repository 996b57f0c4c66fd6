import type { Forgotten } from '../../records/forgotten.ts'
import type { InterestBlock } from '../../records/interest-block.ts'
import type { LearnerOutput } from '../learner.ts'
import type { AskedLists } from './asked-lists.ts'
import type { BlockRead, Blocks } from './blocks/blocks.ts'
import type { CommandFeed } from './command-feed.ts'
import type { FollowerLists } from './follower-lists.ts'

/** A block that was read, as far as it is not learned from. */
export interface Rest {
  read: BlockRead
  block: InterestBlock
  from: number
}

/** What a follower leaves to whoever goes on from it as the leader, its learner apart. */
export interface HandedOver {
  blocks: Blocks
  commands: CommandFeed
  forgotten: Forgotten
  /** Blocks that were read, oldest first; of the first of them `rest` is left, where it was begun. */
  left: readonly BlockRead[]
  rest: Rest | null
  /** Versions and commands of the guard that the leader may not have published. */
  output: LearnerOutput
  /** Lists that it is asked for stay what they were: lists beside those that events give rise to. */
  asked: AskedLists
  lists: FollowerLists
}
