import type { InterestBlock } from '../../records/interest-block.ts'
import { noSignals } from '../../records/signals.ts'
import { inRange } from '../actor-view.ts'
import type { LearnerParts } from '../learner-parts.ts'

/** The event of an interest sequence, with its user and item as slots. */
export interface LearnerEvent {
  /** Row number of the kept event. */
  row: number
  partition: number
  offset: number
  userId: string
  user: number
  item: number
  /** The user has had to do with the item before, as far as is remembered. */
  met: boolean
  behaviour: string
  reward: number
  like: number
  /** What it says beside its reward, as `packSignals` packs it. */
  signals: number
  /** Event time, ms. */
  time: number
  late: boolean
  /** Row number behind the list that it answers, 0 if none. */
  answers: number
}

/**
 * Reads the event of a block's k-th sequence, whose user is who `whoIs` says: user and item get slots, and their features are taken in.
 *
 *     const read = eventReader(parts, merged.whoIs)
 *     const event = read(block, k)   // overwritten by the next call; null where nothing can be learned from it
 */
export function eventReader(
  parts: LearnerParts,
  whoIs: (userId: string) => string,
): (block: InterestBlock, k: number) => LearnerEvent | null {
  const { users, pages, items, userFeatures, userAttributes, itemFeatures, arms, show } = parts
  const event: LearnerEvent = {
    ...{ row: 0, partition: 0, offset: 0, userId: '', user: 0, item: 0, met: false },
    ...{ behaviour: '', reward: 0, like: 0, signals: noSignals, time: 0, late: false, answers: 0 },
  }
  return (block, k) => {
    const reward = block.reward[k]!
    const time = block.time[k]!
    // The last door: nothing that is not a number in range gets near a weight.
    if (!inRange(reward, time)) return null
    const userEntry = block.users[block.user[k]!]!
    const itemEntry = block.items[block.item[k]!]!
    event.row = block.sequence[k]!
    event.partition = block.partition[k]!
    event.offset = block.offset[k]!
    event.userId = whoIs(userEntry.id)
    event.user = users.touch(event.userId)
    pages.bring(event.user)
    event.item = items.touch(itemEntry.id)
    event.met = show.met(event.user, event.item)
    event.behaviour = block.behaviours[block.behaviour[k]!]!
    event.reward = reward
    event.like = block.like[k]!
    event.signals = block.signals[k]!
    event.time = time
    event.late = block.late[k] === 1
    event.answers = block.answers[k]!
    // What is known of the person, not of the name under which they came.
    if (event.userId === userEntry.id) {
      userFeatures.set(event.user, userEntry.features)
      userAttributes.set(event.user, userEntry.attributes)
    }
    itemFeatures.set(event.item, itemEntry.features)
    arms.settleItem(event.item)
    return event
  }
}
