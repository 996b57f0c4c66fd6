import { setImmediate } from 'node:timers/promises'
import type { SavedArrays } from '../../../state/saved-arrays.ts'
import type { Running } from '../experiment.ts'
import type { Done, ShardPort } from './shard-port.ts'

/** What a pass took, ms. */
export interface PassCost {
  /** Of each stretch between exchanges the time of the slowest learner: whoever is earlier waits for the exchange. */
  waiting: number
  /** The time of the learner that was busy longest, as if each stretch were as much work for each. */
  busiest: number
  /** The exchanges: the slowest at giving, then the slowest at taking. */
  exchanging: number
  /** By the clock, with all that goes between learners. */
  wall: number
  /** Bytes that learners give in all exchanges. */
  bytes: number
}

/**
 * Every row in order through the learner that its user has; after each `every` rows of all, learners exchange what they share.
 *
 *     const cost = await shardPass(running, learners, { rows: 100_000, every: 1000, atOnce: false })
 *
 * Between two exchanges no learner hears of another, so each can take its rows one after the other and have the processor to
 * itself, as on a core of its own; with `atOnce` all work at the same time.
 */
export async function shardPass(
  { progress, signal, clock }: Running,
  learners: readonly ShardPort[],
  { rows, every, atOnce }: { rows: number; every: number; atOnce: boolean },
): Promise<PassCost> {
  const cost: PassCost = { waiting: 0, busiest: 0, exchanging: 0, wall: 0, bytes: 0 }
  const busy = new Float64Array(learners.length)
  /** Have each learner do something, at once or one after the other. */
  const each = async <T>(work: (learner: ShardPort, own: number) => Promise<T>): Promise<T[]> => {
    if (atOnce) return Promise.all(learners.map(work))
    const results: T[] = []
    for (const [own, learner] of learners.entries()) results.push(await work(learner, own))
    return results
  }
  const longest = (done: readonly Done[]) => Math.max(...done.map(({ ms }) => ms))
  let passed = 0
  const started = clock()
  for (let from = 0; from < rows; from += every) {
    const to = Math.min(rows, from + every)
    const stretch = await each(async (learner, own) => {
      let ms = 0
      for (let begin = from; begin < to; begin += chunk) {
        const end = Math.min(to, begin + chunk)
        ms += (await learner.pass(begin, end)).ms
        await setImmediate() // lets messages in
        signal.throwIfAborted()
        passed += end - begin
        progress(passed / (rows * learners.length))
      }
      busy[own]! += ms
      return { ms }
    })
    cost.waiting += longest(stretch)
    if (to === rows || learners.length === 1) continue
    const given = await each(learner => learner.give())
    const arrays = given.map(each => each.arrays)
    const taken = await each(learner => learner.take(arrays))
    cost.exchanging += longest(given) + longest(taken)
    cost.bytes += arrays.reduce((sum, each) => sum + bytesOf(each), 0)
  }
  cost.wall = clock() - started
  cost.busiest = Math.max(...busy)
  return cost
}

const chunk = 4096

const bytesOf = (arrays: SavedArrays) => Object.values(arrays).reduce((sum, { byteLength }) => sum + byteLength, 0)
