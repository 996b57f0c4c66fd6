import { createActor, type NetworkOptions } from '../src/agents/ddpg-la/residual/network.ts'
import { servingActor } from '../src/agents/ddpg-la/residual/serving.ts'
import { fillNormal } from '../src/nn/parameters.ts'
import { seededRandom } from '../src/state/random.ts'
import type { Row } from './results.ts'

/** The sizes that the product's policy has on MovieLens. */
const options: NetworkOptions = {
  ...{ record: 27, positions: 5, profile: 26, candidate: 41, hidden: 16, short: 8, burnIn: 1 },
  ...{ enhancement: 'rlstm', weighting: 't-self-attention', form: 'reward' },
}
const lengths = [20, 100, 500, 2_000]

/**
 * Both interests of one user, and one prediction, per event: from the state that stands before the window, and by
 * reading the whole sequence again. In plain arrays, one thread.
 */
export function benchLongShort(): Row[] {
  const random = seededRandom(1, 'long-short')
  const weights = createActor(options, random)
  fillNormal(weights.view('last'), 0.1, random)
  const actor = servingActor(options)
  actor.load(weights)
  const { record, positions, hidden: size } = options
  const vector = (length: number) => Float64Array.from({ length }, () => random.normal())
  const longest = lengths.at(-1)!
  const records = Array.from({ length: longest }, () => {
    const values = vector(record)
    values[record - 1] = 1
    return values
  })
  const [profile, candidate] = [vector(options.profile), vector(options.candidate)]
  const hidden = new Float64Array(size)
  const cell = new Float64Array(size)
  // A number that depends on every prediction keeps the compiler from leaving any out.
  let sum = 0

  const predict = (length: number) => {
    actor.observe(records.slice(length - positions, length), hidden, cell, profile)
    sum += actor.delta(candidate)
  }
  const steps = (length: number) => {
    predict(length)
    actor.advance(records[length - positions]!, hidden, cell)
  }
  const again = (length: number) => {
    hidden.fill(0)
    cell.fill(0)
    for (let k = 0; k < length - positions; k++) actor.advance(records[k]!, hidden, cell)
    predict(length)
  }
  const microseconds = (work: (length: number) => void, length: number, rounds: number): number => {
    const started = performance.now()
    for (let k = 0; k < rounds; k++) work(length)
    return (1000 * (performance.now() - started)) / rounds
  }

  const rows = lengths.flatMap((length): Row[] => {
    // The best of several in turn: whatever else the machine does only ever adds, and may come and go.
    let [ours, theirs] = [Infinity, Infinity]
    for (let round = 0; round < 12; round++) {
      ours = Math.min(ours, microseconds(steps, length, 1_000))
      theirs = Math.min(theirs, microseconds(again, length, Math.ceil(10_000 / length)))
    }
    return [
      { what: `event ${length} of a user, from the stored state`, value: ours, unit: 'µs' },
      { what: `event ${length} of a user, the whole sequence read again`, value: theirs, unit: 'µs' },
      { what: `event ${length} of a user, read again over stored`, value: theirs / ours, unit: 'ratio' },
    ]
  })
  if (!Number.isFinite(sum)) throw new Error('A prediction was not finite.')
  return rows
}
