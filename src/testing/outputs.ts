import type { InterestBlock } from '../records/interest-block.ts'
import type { Reason } from '../records/reasons.ts'
import type { DeadLetter, EnrichedEvent } from '../records/warehouse.ts'

/** An event that was kept, with what was joined to it: a row of the table `events`, its texts read. */
export interface KeptEvent extends Omit<EnrichedEvent, 'properties' | 'userFeatures' | 'itemFeatures' | 'generation'> {
  properties: Readonly<Record<string, number>>
  /** Tokens; those of the event's context stand last, each with "@" before it. */
  userFeatures: readonly string[]
  itemFeatures: readonly string[]
}

/** A record that was refused: a dead letter. */
export interface RejectedRecord {
  topic: string
  partition: number
  offset: number
  timestamp: number
  key: string | null
  /** What was sent, as it was given. */
  value: unknown
  reason: Reason
  /** One sentence for whoever sent it. */
  message: string
}

/** What the learner gets for one kept event: the event, and the user's last ones as they stood before it. */
export interface InterestSequence {
  /** Row number of the event. */
  sequence: number
  userId: string
  itemId: string
  behaviour: string
  /** Event time, ms. */
  time: number
  /** In [0, 1]. */
  reward: number
  liked: boolean
  late: boolean
  /** The user's events so far, this one included. */
  count: number
  userFeatures: readonly string[]
  itemFeatures: readonly string[]
  /** At most `window.shortLength` of them, oldest first. */
  window: readonly { itemId: string; time: number; reward: number }[]
}

export function keptEvent(row: EnrichedEvent): KeptEvent {
  const { generation: _, properties, userFeatures, itemFeatures, ...rest } = row
  return {
    ...rest,
    properties: properties === null ? {} : JSON.parse(properties),
    userFeatures: JSON.parse(userFeatures),
    itemFeatures: JSON.parse(itemFeatures),
  }
}

export function rejectedRecord(letter: DeadLetter, value: unknown): RejectedRecord {
  const { topic, partition, offset, timestamp, key, reason, message } = letter
  return { topic, partition, offset, timestamp, key: key?.toString() ?? null, value, reason: reason as Reason, message }
}

/** The sequences of a block one by one, as people read them. */
export function sequencesOf(block: InterestBlock): InterestSequence[] {
  let short = 0
  return block.sequence.map((sequence, k) => {
    const user = block.users[block.user[k]!]!
    const item = block.items[block.item[k]!]!
    const from = short
    short += block.shortCount[k]!
    return {
      sequence,
      userId: user.id,
      itemId: item.id,
      behaviour: block.behaviours[block.behaviour[k]!]!,
      time: block.time[k]!,
      reward: block.reward[k]!,
      liked: block.like[k] === 1,
      late: block.late[k] === 1,
      count: block.count[k]!,
      userFeatures: JSON.parse(user.features),
      itemFeatures: JSON.parse(item.features),
      window: Array.from({ length: short - from }, (_, at) => ({
        itemId: block.items[block.shortItem[from + at]!]!.id,
        time: block.shortTime[from + at]!,
        reward: block.shortReward[from + at]!,
      })),
    }
  })
}
