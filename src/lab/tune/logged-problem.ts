import { setImmediate } from 'node:timers/promises'
import { createPlanningAgent } from '../../agents/registry.ts'
import type { TensorFlow } from '../../nn/tensorflow.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { runIdentity } from '../experiment/identity.ts'
import type { LoadedRatings } from '../experiment/load-ratings.ts'
import { hit10, ndcg10, unranked } from '../experiment/ranking/rank.ts'
import { loggedCatalogue } from './logged-catalogue.ts'
import { type Problem, withWarmUp } from './problem.ts'

export interface LoggedProblemOptions {
  tf: TensorFlow
  definition: PipelineDefinition
  ratings: LoadedRatings
  /** An agent learns from the latest events of its part, at most so many. */
  steps: number
  /** At most so many picks of a part are ranked, evenly spread over it. */
  ranked: number
}

/** Where the parts of a log end, of its events in order of time: learned from, compared on, and the rest held back. */
const ends = [0.6, 0.8] as const

/** Events between two times the agent sees what was learned of items; the learner's block. */
const refreshEvery = 256

/**
 * Agents learn from the first 60% of a log, whoever chose what was shown; options are compared on the next 20% by how an agent
 * ranks each next item that was rewarded, and the last 20% are for the test, before which it learns from the first 80%.
 *
 *     const problem = loggedProblem({ tf, definition, ratings, steps: 30_000, ranked: 2_000 })
 *
 * Ranked are items that somebody had before and this user did not; one that nobody had counts as missed. While it is scored
 * an agent follows what users do and learns nothing.
 */
export function loggedProblem({ tf, definition, ratings, steps, ranked }: LoggedProblemOptions): Problem {
  const { user, item, reward, time, length } = ratings
  const cuts = [...ends.map(share => Math.floor(share * length)), length]
  const picks = picksOf(definition, ratings)
  return {
    name: ratings.source,
    metric: 'ndcg10',
    identity: `${runIdentity(definition, ratings)} ${JSON.stringify({ plan: definition.plan, steps, ranked })}`,
    async run({ agent: policy, options, seed, share, part }, { progress, signal, clock }) {
      const [learned, end] = part === 'validation' ? [cuts[0]!, cuts[1]!] : [cuts[1]!, cuts[2]!]
      const begin = learned - Math.ceil(share * Math.min(steps, learned))
      const judged = evenly(
        picks.filter(row => row >= learned && row < end),
        ranked,
      )
      const catalogue = loggedCatalogue(definition, ratings, seed)
      const agent = createPlanningAgent(policy, {
        ...{ tf, seed, catalogue },
        options: withWarmUp(policy, options, learned - begin),
      })
      const had = new Map<number, Set<number>>()
      const before = new Map<number, number>()
      const sums = { ndcg10: 0, hr10: 0 }
      const start = clock()
      let learning = 0
      try {
        for (let row = 0; row < end; row++) {
          const [who, what, when] = [user[row]!, item[row]!, time[row]!]
          const items = had.get(who) ?? new Set()
          if (items.size === 0) {
            had.set(who, items)
            agent.resetUser(who)
          }
          if (row === learned) learning = clock() - start
          if (judged.has(row)) {
            const allowed = (each: number) => !items.has(each)
            const list = agent.choose(who, { time: when, length: 10, allowed, explore: false })
            const place = list.findIndex(choice => choice.item === what)
            const rank = place < 0 ? unranked : { before: place, alike: 1 }
            sums.ndcg10 += ndcg10(rank)
            sums.hr10 += hit10(rank)
          }
          items.add(what)
          catalogue.admit(what)
          if (row >= begin) {
            const like = definition.like(ratings.event(row)) ? 1 : 0
            const decided = before.get(who) ?? when
            agent.observe(
              who,
              { item: what, reward: reward[row]!, like, time: when, decided, propensity: 0 },
              row < learned,
            )
          }
          before.set(who, when)
          if (row >= begin && row < learned) {
            catalogue.learn(row)
            if (row % refreshEvery === 0) catalogue.refresh()
            if ((row - begin + 1) % agent.trainEvery === 0) agent.train()
          }
          if (row % 256 !== 0) continue
          progress(row / end, row < learned ? 'learning' : part)
          await setImmediate() // lets messages in
          signal.throwIfAborted()
        }
        const [count, seconds] = [Math.max(1, judged.size), learning / 1000]
        return {
          metrics: {
            ndcg10: sums.ndcg10 / count,
            hr10: sums.hr10 / count,
            eventsPerSecond: (learned - begin) / seconds,
          },
          notes: [`${judged.size.toLocaleString('en')} picks were ranked in the ${part} part.`],
        }
      } finally {
        agent.dispose()
      }
    },
  }
}

/** Rows with a rewarded item that the user had not had before. */
function picksOf({ scale }: PipelineDefinition, { user, item, reward, length }: LoadedRatings): number[] {
  // Four stars of five are a pick.
  const from = scale.kind === 'watch' ? scale.positiveFrom : 0.75
  const had = new Map<number, Set<number>>()
  const rows: number[] = []
  for (let row = 0; row < length; row++) {
    const items = had.get(user[row]!) ?? new Set()
    had.set(user[row]!, items)
    if (reward[row]! >= from && !items.has(item[row]!)) rows.push(row)
    items.add(item[row]!)
  }
  return rows
}

/** At most `most` of some rows, evenly spread. */
function evenly(rows: readonly number[], most: number): ReadonlySet<number> {
  if (rows.length <= most) return new Set(rows)
  return new Set(Array.from({ length: most }, (_, k) => rows[Math.floor((k * rows.length) / most)]!))
}
