import { blocksOf } from '../../src/lab/experiment/blocks.ts'
import { loadRatings } from '../../src/lab/experiment/load-ratings.ts'
import { createLearner } from '../../src/learner/create-learner.ts'
import type { Backend } from '../../src/nn/backend.ts'
import { withSettings } from '../../src/pipeline/settings.ts'
import type { BehaviourEvent, PipelineDefinition } from '../../src/records/definition.ts'
import { ownPolicy } from '../../src/records/policy-names.ts'
import { findPipeline } from '../../src/run/find-pipeline.ts'
import { readGenerated } from '../../src/sources/generated.ts'

/** Honest people, whom others come among. */
export interface Crowd {
  events: number
  users: number
  items: number
  seed: number
  /** The item that is pushed. */
  item: string
}

type Sent = Pick<BehaviourEvent, 'userId' | 'itemId' | 'value'> & { time?: number; reward?: number }

/** What others send when a third of a minute begins, number `turn` of `turns`, at event time `now`. */
export type Others = (turn: number, now: number, crowd: Crowd, turns: number) => Sent[]

const minute = 60_000
const step = minute / 3
const bot = (itemId: string, value = 1): Sent => ({ userId: 'x-bot', itemId, value })
const popular = (turn: number): string => `i${turn % 60}`

/** Nobody. */
export const nobodyElse: Others = () => []

/** One event more of somebody who means no harm: what else comes out is chance. */
export const oneEventMore: Others = (turn, _, { item }) => (turn === 40 ? [bot(item)] : [])

/** Bots of three events a minute, which are one event in twenty, and one of a thousand a minute. */
export const bots: Readonly<Record<string, Others>> = {
  'a bot that sees nothing but its item': (_turn, _now, { item }) => [bot(item)],
  'a bot that sees its item between what is popular': (turn, _, { item }) => [
    bot(turn % 2 === 0 ? item : popular(turn >> 1)),
  ],
  'a bot that sees its item between all others': (turn, _, { item, items }) => [
    bot(turn % 3 === 0 ? item : `i${turn % items}`),
  ],
  'a bot that likes its item alone': (turn, _, { item }) => [turn % 2 === 0 ? bot(item) : bot(popular(turn >> 1), 0)],
  'a bot that goes round more items than are remembered': (turn, _, { item }) => [
    bot(turn % 46 === 0 ? item : `i${turn % 230}`),
  ],
  'a bot whose events are late': (turn, now, { item }) =>
    turn === 0
      ? [{ ...bot(item), time: now + 2 * minute }]
      : [{ ...bot(turn % 2 === 0 ? item : popular(turn >> 1)), time: now - minute }],
  'a fast bot': (turn, _, { item }, turns) =>
    turn < turns / 2 || turn >= turns / 2 + 4
      ? []
      : Array.from({ length: 333 }, (_, n) => bot(n % 2 ? item : popular(n))),
}

/** How many of a number of people come in a turn, so that all have come by the last one; the first and the last of them. */
const arriving = (people: number, turn: number, turns: number): number[] => {
  const [from, to] = [turn, turn + 1].map(end => Math.floor((people * end) / turns)) as [number, number]
  return Array.from({ length: to - from }, (_, k) => from + k)
}

/** Five hundred who say of what they see that it is bad where it is good. */
export const signFlippers: Readonly<Record<string, Others>> = {
  '500 who turn their signs round': (turn, _now, _crowd, turns) =>
    arriving(500, turn, turns).map(n => ({ userId: `x-flip${n}`, itemId: popular(n), value: n % 2 === 0 ? 0 : 1 })),
}

/** Five hundred who come for one item. */
export const sybils: Readonly<Record<string, Others>> = {
  '500 who push one item': (turn, _, { item }, turns) =>
    arriving(500, turn, turns).map(n => ({ userId: `x-sybil${n}`, itemId: item, value: 1 })),
}

const rewarded =
  (reward: number): Others =>
  (turn, _, { item }) => [{ ...bot(turn % 2 === 0 ? item : popular(turn)), reward }]

/** Rewards that a definition makes of what a bot sends, and that are none, or huge. */
export const noRewards: Readonly<Record<string, Others>> = {
  'NaN as reward': rewarded(Number.NaN),
  'infinite rewards': rewarded(Number.POSITIVE_INFINITY),
  'huge rewards': rewarded(1e300),
}

/** What honest people were shown and how well they were foretold. */
export interface Seen {
  /** Their lists, and in how many of these the item was among the first three. */
  lists: number
  pushed: number
  /** Share of the first three places that are other ones than in the list of the same user before. */
  moved: number
  /** Root mean squared error of their events, of the ensemble and of what is learned upon it. */
  errors: Readonly<Record<string, number>>
  /** Events of others that were kept. */
  kept: number
  champion: string
}

/** What honest people of a crowd see, from the time on when a third of it is over, where others are among them. */
export async function seenBy(crowd: Crowd, others: Others, how: { backend: Backend; small?: boolean }): Promise<Seen> {
  const definition = await pipelineOf(crowd, others, how.small ?? false)
  const ratings = await loadRatings(definition, 'events=1')
  const learner = createLearner({ definition, backend: how.backend })
  const from = ratings.length / 3
  const isHonest = (userId: string) => userId !== '' && !userId.startsWith('x-')
  const sums = new Float64Array(learner.policies.length)
  const [before, seen] = [new Map<string, string[]>(), { lists: 0, pushed: 0, moved: 0, places: 0, events: 0, kept: 0 }]
  for (const block of blocksOf(ratings, definition, undefined, true)) {
    const { recommendations } = learner.consume(block, 0, block.sequence.length, {
      predicted(k, predictions) {
        const row = block.sequence[k]! - 1
        const honest = isHonest(ratings.userIds[ratings.user[row]!]!)
        if (!honest) seen.kept += 1
        if (row < from || !honest) return
        seen.events += 1
        for (let p = 0; p < sums.length; p++) sums[p]! += (predictions[p]! - ratings.reward[row]!) ** 2
      },
    })
    for (const { userId, sequence, items } of recommendations) {
      if (!isHonest(userId)) continue
      const first = items.slice(0, 3).map(({ itemId }) => itemId)
      const last = before.get(userId)
      before.set(userId, first)
      if (sequence < from) continue
      seen.lists += 1
      if (first.includes(crowd.item)) seen.pushed += 1
      if (last === undefined) continue
      seen.places += first.length
      seen.moved += first.filter(item => !last.includes(item)).length
    }
  }
  const { champion, policies } = learner
  learner.dispose()
  const { lists, pushed, moved, places, events, kept } = seen
  const judged = ['ensemble', ownPolicy]
  const errors = Object.fromEntries(
    policies.map((name, p) => [name, Math.sqrt(sums[p]! / events)] as const).filter(([name]) => judged.includes(name)),
  )
  return { lists, pushed, moved: moved / places, errors, kept, champion }
}

async function pipelineOf(crowd: Crowd, others: Others, small: boolean): Promise<PipelineDefinition> {
  const generated = await findPipeline('generated')
  const rewards = new Map<string, number>()
  const read = () => sourceOf(crowd, others, rewards)
  const reward = (event: BehaviourEvent) => rewards.get(event.eventId ?? '') ?? generated.reward(event)
  // Lists explore by chance, which is not what is bought.
  const always = { 'recommend.everyMs': 0, 'recommend.epsilon': 0, 'recommend.newItems': 0 }
  const fewer = { 'learn.blockSize': 64, 'learn.hiddenSize': 8, 'learn.shortSize': 4, 'learn.factors': 4 }
  return withSettings(
    { ...generated, reward, source: { ...generated.source!, read } },
    { 'clean.botLimit': 120, ...always, ...(small ? fewer : {}) },
  )
}

function sourceOf(crowd: Crowd, others: Others, rewards: Map<string, number>) {
  const { events, users, items, seed } = crowd
  const honest = readGenerated(`events=${events},users=${users},items=${items},seed=${seed},rate=0.95`)
  const turns = Math.floor(events / 0.95 / (step / 1_000))
  return {
    ...honest,
    name: 'a crowd',
    *events(): Generator<BehaviourEvent> {
      let [next, turn] = [Number.NaN, 0]
      for (const event of honest.events() as Iterable<BehaviourEvent>) {
        if (Number.isNaN(next)) next = event.time + step
        for (; next < event.time; next += step, turn++) {
          for (const [k, { reward, ...sent }] of others(turn, next, crowd, turns).entries()) {
            const own = {
              eventId: `x-${turn}-${k}`,
              behaviour: 'view',
              properties: { duration: 30 },
              recommendationId: null,
            }
            if (reward !== undefined) rewards.set(own.eventId, reward)
            yield { time: next + 7 + k, ...own, ...sent }
          }
        }
        yield event
      }
    },
  }
}
