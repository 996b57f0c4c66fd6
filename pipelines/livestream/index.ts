import {
  type BehaviourEvent,
  defaultWorld,
  definePipeline,
  describeWorld,
  featuresWithNumbers,
  numbersAsAttributes,
} from '../../src/index.ts'
import { readRooms } from './read-rooms.ts'

/** What each part of a visit is worth at most; together 1. */
export const livestreamWeights = { watch: 0.6, like: 0.15, gift: 0.25 }

/** Staying this long counts as having watched all that a visit is for, seconds. */
export const fullWatchSeconds = 300

/** Gifts worth this much in one visit count in full, coins. */
export const fullGiftCoins = 100

/**
 * Live rooms: an item is a room or its streamer, an event is one visit.
 *
 *     npx recstream start livestream --source events=100000,users=5000,items=2000,seed=1
 *
 * The event's value is the seconds watched; its properties are `like` and `gift` (likes given, coins spent). Visits are made
 * up here, and simulated people come with `npx recstream simulate live livestream`; your own arrive on the topic.
 */
export default definePipeline({
  name: 'livestream',
  description: 'Live rooms: watch time, likes and gifts',
  // A room is another show tomorrow; who has just left it is not sent back.
  behaviours: { watch: { again: 3_600_000, target: true } },
  value: { min: 0, max: 86_400, required: true },
  reward: livestreamReward,
  scale: { kind: 'watch', positiveFrom: 0.5 },
  features: featuresWithNumbers,
  // Passing from room to room takes seconds, and everybody who is here watches most of the time.
  clean: { botLimit: 60, botWindowMs: 60_000 },
  recommend: { everyMs: 0, length: 10 },
  source: { folder: describeWorld(defaultWorld), kind: 'text', read: readRooms },
  simulate: {
    // A full watch is a full visit; whoever likes nearly all of it sends a gift too.
    event: ({ watch, like }) => ({
      behaviour: 'watch',
      value: watch * fullWatchSeconds,
      properties: { like, gift: like > 0 && watch >= 0.8 ? fullGiftCoins / 2 : 0 },
    }),
    ...numbersAsAttributes,
  },
})

/**
 * Reward in [0, 1] of one visit: the share of watch time, a like, and gifts, each with its weight.
 *
 *     livestreamReward(visit({ value: 150, like: 1 }))   // 0.6 · 0.5 + 0.15 = 0.45
 *
 * Watch time is capped at `fullWatchSeconds`, or a room left open overnight would outweigh a hundred visits; gifts grow with
 * the square root up to `fullGiftCoins`, or one rich guest would decide what all see.
 */
export function livestreamReward({ value, properties }: Pick<BehaviourEvent, 'value' | 'properties'>): number {
  const { like = 0, gift = 0 } = properties
  const share = (part: number) => Math.min(1, Math.max(0, part))
  const watched = share((value ?? 0) / fullWatchSeconds)
  const given = Math.sqrt(share(gift / fullGiftCoins))
  return livestreamWeights.watch * watched + livestreamWeights.like * share(like) + livestreamWeights.gift * given
}
