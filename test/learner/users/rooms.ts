import { createLearner } from '../../../src/learner/create-learner.ts'
import type { IsOf } from '../../../src/learner/forgetting.ts'
import type { Learner, LearnerOutput } from '../../../src/learner/learner.ts'
import { type ColdUsers, coldUsersInMemory } from '../../../src/learner/users/cold-users.ts'
import type { Backend } from '../../../src/nn/backend.ts'
import { type Command, givenCommand } from '../../../src/records/command.ts'
import type { Arm, PipelineDefinition } from '../../../src/records/definition.ts'
import type { Change, InterestBlock } from '../../../src/records/interest-block.ts'
import { packSignals } from '../../../src/records/signals.ts'
import { type SmallEvent, smallPipeline, smallWorld, toBlocks } from '../interest-stream.ts'

export const events = 420
const policies = ['random', 'popularity', 'myopic', 'q-learning', 'dqn', 'a2c', 'a3c', 'ddpg-la'] as const
const planning: Arm[] = [
  { name: 'today', policy: 'champion', share: 2 },
  ...policies.map(policy => ({ name: policy, policy, share: 1 })),
  {
    ...{ name: 'steps', policy: 'ddpg-la', share: 1 },
    options: { action: 'step', state: 8, steps: 2, warmUp: 60, trainEvery: 16, batch: 16, memory: 400 },
  },
]

function featuresOf(user: string): string {
  const k = Number(user.replace(/\D/g, ''))
  const numbers = [`#profile=${k / 60},${(k % 3) - 1}`, `#taste=${(k % 2) - 0.5},${(k % 5) / 5}`]
  // More kinds of them than there are places: some of different names share one.
  const traits = Array.from({ length: 40 }, (_, n) => `trait${n}=${(k + n) % 3}`)
  return JSON.stringify([`side=${k % 2}`, `city=c${k % 7}`, `age=${10 + k}`, ...traits, ...numbers])
}

/** More people than there is room for, and than a column begins with; items come, go and have attributes; some people are only known. */
export function blocksOf(seed: number): InterestBlock[] {
  const world = smallWorld(events, seed, { users: 90, items: 40 }).map(
    (event): SmallEvent => ({
      ...event,
      userFeatures: featuresOf(event.user),
      itemFeatures: JSON.stringify([
        ...JSON.parse(event.itemFeatures!),
        `#vector=${Number(event.item.slice(1)) / 40},0.5`,
      ]),
    }),
  )
  return toBlocks(world, { shortLength: 4, size: 60 }).map((block, n) => ({
    ...block,
    signals: block.reward.map((reward, k) =>
      packSignals(20 * reward, { click: k % 2, longView: k % 3 === 0 ? 1 : 0, duration: 30 }),
    ),
    changes: Array.from({ length: 10 }, (_, k): Change => {
      const number = 10 * n + k + 1
      const about = { before: 6 * k, number, partition: 0, offset: number, deleted: number % 11 === 10 }
      const attributes = JSON.stringify({ price: String((37 * number) % 120) })
      const id = k % 5 === 4 ? `new${number}` : `u${number % 60}`
      if (k % 2 === 0) return { ...about, kind: 'user', id, features: featuresOf(id), attributes, deleted: false }
      return {
        ...{ ...about, kind: 'item', id: `i${number % 40}`, title: `Item ${number}`, features: '["side=1"]' },
        ...{ attributes, tags: ['all'] },
      }
    }),
  }))
}

/** Every form that a definition has. */
const forms: Readonly<Record<string, (maxUsers: number) => PipelineDefinition>> = {
  ratings: maxUsers => smallPipeline({ maxUsers, maxItems: 25 }, { newUsers: 'yes', everybodyMs: 200_000 }),
  'ratings, all learners': maxUsers =>
    smallPipeline({ maxUsers, maxItems: 25, ensemble: 'full' }, { exploration: 'thompson', newItems: 0.1 }),
  'watched or not': maxUsers => smallPipeline({ maxUsers }, { newUsers: 'yes' }, { kind: 'watch', positiveFrom: 0.5 }),
  arms: maxUsers => ({
    ...smallPipeline({ maxUsers, blockSize: 24 }, { everyMs: 0, alternatives: 'yes' }),
    meanings: { watch: { again: 300_000, target: true, against: false } },
    plan: { exclude: 3, vectorSize: 0, profileSize: 0 },
    arms: planning,
    rules: [{ boost: 'item.price > 50', by: 3 }, { cap: { by: 'item.price', most: 2 } }] as never,
  }),
  'arms that are given vectors': maxUsers => ({
    ...smallPipeline({ maxUsers, blockSize: 24 }, { everyMs: 0 }),
    plan: { exclude: 0, vectorSize: 2, profileSize: 2 },
    arms: planning.filter(({ policy }) => policy === 'dqn' || policy === 'q-learning' || policy === 'ddpg-la'),
  }),
}

export interface Room<Cold extends ColdUsers = ColdUsers> {
  learner: Learner
  definition: PipelineDefinition
  /** Users who are not in memory. */
  cold: Cold
}

export function roomOf<Cold extends ColdUsers>(backend: Backend, form: string, maxUsers: number, cold: Cold): Room<Cold>
export function roomOf(backend: Backend, form: string, maxUsers: number): Room
export function roomOf(backend: Backend, form: string, maxUsers: number, cold = coldUsersInMemory()): Room {
  const definition = { ...forms[form]!(maxUsers), reward: () => 0.5 } as PipelineDefinition
  const isOf: IsOf = ({ forget }, id) => forget?.people[0] === id
  return { definition, cold, learner: createLearner({ definition, backend, cold, isOf }) }
}

/** Users turn out to be one, and somebody is forgotten; each of them may be in memory or not. */
export function commandsOf(block: number): Command[] {
  const row = 60 * block
  const merge = { fromUser: `u${3 * block}`, toUser: `u${3 * block + 31}` }
  const unknown = { fromUser: `u${3 * block + 1}`, toUser: `account${block}` }
  const forget = { people: [`u${59 - block}`], stage: 'accepted' as const, upTo: row, until: {}, removed: {} }
  const wanted = [
    { kind: 'merge' as const, ...merge, appliedAt: row + 10 },
    { kind: 'merge' as const, ...unknown, appliedAt: row + 20 },
    { kind: 'forget' as const, forget, appliedAt: row + 30 },
  ]
  return wanted.map((each, k) => givenCommand(each, { commandId: `${block}.${k}`, time: 0 }))
}

/** Learn from all, with what `between` does before each block; all that is published by it. */
export function learnAll<R extends Room>(
  first: R,
  seed: number,
  between: (room: R, block: number) => R = room => room,
): R & { output: LearnerOutput } {
  let room = first
  const output: LearnerOutput = { recommendations: [], versions: [], commands: [] }
  for (const [n, block] of blocksOf(seed).entries()) {
    room = between(room, n)
    for (const command of commandsOf(n)) room.learner.schedule(command)
    const made = room.learner.consume(block, 0, block.sequence.length)
    output.recommendations.push(...made.recommendations)
    output.versions.push(...made.versions)
    output.commands.push(...made.commands)
  }
  return { ...room, output }
}

export const formNames = Object.keys(forms)
