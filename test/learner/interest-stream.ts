import { defaultArms } from '../../src/arms/defaults.ts'
import { BlockBuilder } from '../../src/ingest/window/block-builder.ts'
import { newUser, type UserState } from '../../src/ingest/window/user-state.ts'
import { windowEvent } from '../../src/ingest/window/window.ts'
import type { PipelineDefinition, Scale } from '../../src/records/definition.ts'
import type { InterestBlock } from '../../src/records/interest-block.ts'
import { defaultGuard, defaultLearn, defaultPlan, defaultRecommend } from '../../src/settings/defaults.ts'
import { seededRandom } from '../../src/state/random.ts'

export interface SmallEvent {
  user: string
  item: string
  /** Default: watch. */
  behaviour?: string
  time: number
  reward: number
  userFeatures?: string
  itemFeatures?: string
  liked?: boolean
  recommendationId?: string
}

/** Events as the window stage hands them on. */
export function toBlocks(
  events: readonly SmallEvent[],
  options: { shortLength: number; size: number },
): InterestBlock[] {
  const users = new Map<string, UserState>()
  const builder = new BlockBuilder(options.size)
  for (const [k, event] of events.entries()) {
    if (!users.has(event.user)) users.set(event.user, newUser())
    windowEvent(
      {
        sequence: k + 1,
        partition: 0,
        offset: k,
        eventId: String(k),
        userId: event.user,
        itemId: event.item,
        behaviour: event.behaviour ?? 'watch',
        time: event.time,
        value: null,
        properties: null,
        recommendationId: event.recommendationId ?? null,
        reward: event.reward,
        liked: event.liked ?? false,
        late: false,
        userKnown: true,
        itemKnown: true,
        userFeatures: event.userFeatures ?? '[]',
        itemFeatures: event.itemFeatures ?? '[]',
        count: 0,
        generation: 0,
      },
      users.get(event.user)!,
      options.shortLength,
      builder,
    )
  }
  return builder.take()
}

/** People with two kinds of taste, items of two kinds, now and then a late event. */
export function smallWorld(count: number, seed: number, sizes = { users: 30, items: 40 }): SmallEvent[] {
  const random = seededRandom(seed, 'small world')
  return Array.from({ length: count }, (_, k) => {
    const user = random.integer(sizes.users)
    const item = random.integer(sizes.items)
    const liked = (user + item) % 2 === 0
    const late = random.uniform() < 0.05 ? 500_000 : 0
    return {
      user: `u${user}`,
      item: `i${item}`,
      time: 1_000_000 + 10_000 * k - late,
      reward: Math.min(1, Math.max(0, (liked ? 0.8 : 0.3) + 0.1 * random.normal())),
      userFeatures: JSON.stringify([`side=${user % 2}`]),
      itemFeatures: JSON.stringify([`side=${item % 2}`, 'kind=all']),
    }
  })
}

/** A pipeline small enough to train in a test. */
export function smallPipeline(
  learn: Partial<PipelineDefinition['learn']> = {},
  recommend: Partial<PipelineDefinition['recommend']> = {},
  scale: Scale = { kind: 'rating', min: 1, max: 5 },
): PipelineDefinition {
  return {
    name: 'small',
    parts: 1,
    behaviours: ['watch'],
    meanings: { watch: { again: 'never', target: true, against: false } },
    scale,
    window: { shortLength: 4, usersInMemory: 1000, itemsInMemory: 1000 },
    learn: {
      ...defaultLearn,
      blockSize: 32,
      hiddenSize: 8,
      shortSize: 4,
      factors: 4,
      replayCapacity: 128,
      checkpointEvery: 100,
      gamma: 0.3,
      gateEvents: 50,
      ...learn,
    },
    recommend: { ...defaultRecommend, length: 5, candidates: 20, everyMs: 60_000, epsilon: 0.2, ...recommend },
    arms: defaultArms,
    plan: defaultPlan,
    rules: [],
    guard: defaultGuard,
  } as unknown as PipelineDefinition
}
