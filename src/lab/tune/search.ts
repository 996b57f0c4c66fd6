import { RecstreamError } from '../../errors.ts'
import { count } from '../../records/words.ts'
import { type Random, seededRandom } from '../../state/random.ts'
import type { Dimension, OptionValue } from './space.ts'

export type Strategy = 'random' | 'grid' | 'halving'

/** Options to try, and what they are called. */
export interface Candidate {
  name: string
  options: Readonly<Record<string, OptionValue>>
}

/** A round of a search: so many candidates, each learning from this share of what there is. */
export interface Rung {
  share: number
  count: number
}

/**
 * What a search tries: the agent's defaults, then values drawn at random, or every combination on a grid.
 *
 *     candidatesOf([{ name: 'gamma', choices: [0.9, 0.95] }], { strategy: 'grid', trials: 100, points: 3, seed: 1 })
 *
 * The k-th draw is the same however many there are, so that a search that is given more trials goes on. A grid of more than
 * `trials` combinations is CONFIG_INVALID.
 */
export function candidatesOf(
  space: readonly Dimension[],
  { strategy, trials, points, seed }: { strategy: Strategy; trials: number; points: number; seed: number },
): Candidate[] {
  const defaults: Candidate = { name: 'defaults', options: {} }
  if (space.length === 0) return [defaults]
  if (strategy === 'grid') {
    const values = space.map(dimension => pointsOf(dimension, points))
    const size = values.reduce((product, each) => product * each.length, 1)
    if (size > trials) {
      throw new RecstreamError(
        'CONFIG_INVALID',
        `The grid has ${count(size)} combinations; name fewer values with --space, or allow so many with --trials.`,
      )
    }
    return [defaults, ...gridOf(space, values).map(numbered)]
  }
  const drawn = Array.from({ length: trials - 1 }, (_, k) => {
    const random = seededRandom(seed, `candidate ${k + 1}`)
    return Object.fromEntries(space.map(dimension => [dimension.name, drawFrom(dimension, random)]))
  })
  return [defaults, ...drawn.map(numbered)]
}

const numbered = (options: Candidate['options'], at: number): Candidate => {
  return { name: String(at + 1).padStart(2, '0'), options }
}

function gridOf(space: readonly Dimension[], values: readonly OptionValue[][]): Candidate['options'][] {
  return space.reduce<Record<string, OptionValue>[]>(
    (combinations, { name }, at) =>
      combinations.flatMap(options => values[at]!.map(value => ({ ...options, [name]: value }))),
    [{}],
  )
}

/** All values of a list; of a range so many, from end to end. */
function pointsOf(dimension: Dimension, count: number): OptionValue[] {
  if ('choices' in dimension) return [...dimension.choices]
  const values = Array.from({ length: count }, (_, k) => at(dimension, count === 1 ? 0.5 : k / (count - 1)))
  return [...new Set(values)]
}

function drawFrom(dimension: Dimension, random: Random): OptionValue {
  return 'choices' in dimension
    ? dimension.choices[random.integer(dimension.choices.length)]!
    : at(dimension, random.uniform())
}

/** The value at a share of the way between a range's ends, to three digits. */
function at({ min, max, scale }: Extract<Dimension, { scale: unknown }>, share: number): number {
  const value = scale.startsWith('log') ? min * (max / min) ** share : min + share * (max - min)
  const short = Number(value.toPrecision(3))
  return Math.min(max, Math.max(min, scale.endsWith('integer') ? Math.round(short) : short))
}

/** Of a round's candidates one in so many goes on. */
const keptOneIn = 3

/**
 * The rounds of a search: one of all candidates, or with successive halving up to three, in which a third goes on with three
 * times as much to learn from (Jamieson and Talwalkar 2016, with η = 3), and at least two are left to the last.
 *
 *     rungsOf('halving', 18)   // 18 with a ninth, 6 with a third, 2 with all
 */
export function rungsOf(strategy: Strategy, candidates: number): Rung[] {
  let rounds = 1
  while (strategy === 'halving' && rounds < 3 && candidates >= 2 * keptOneIn ** rounds) rounds += 1
  return Array.from({ length: rounds }, (_, k) => ({
    share: keptOneIn ** (k + 1 - rounds),
    count: Math.ceil(candidates / keptOneIn ** k),
  }))
}
