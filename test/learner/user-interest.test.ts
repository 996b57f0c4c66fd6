import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createActor, type NetworkOptions } from '../../src/agents/ddpg-la/residual/network.ts'
import { servingActor } from '../../src/agents/ddpg-la/residual/serving.ts'
import { userInterest } from '../../src/learner/user-interest.ts'
import { fillNormal } from '../../src/nn/parameters.ts'
import { seededRandom } from '../../src/state/random.ts'

const sizes = { record: 6, positions: 3, profile: 2, candidate: 2, hidden: 5, short: 4, burnIn: 1 }

test.each<Pick<NetworkOptions, 'enhancement' | 'weighting' | 'form'>>([
  { enhancement: 'rlstm', weighting: 't-self-attention', form: 'reward' },
  { enhancement: 'lstm', weighting: 'self-attention', form: 'logit' },
])('one step an event predicts what reading the whole sequence again predicts ($enhancement)', choices => {
  const options: NetworkOptions = { ...sizes, ...choices }
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 60 }), (seed, length) => {
      const random = seededRandom(seed, 'test')
      const vector = (count: number) => Float64Array.from({ length: count }, () => random.normal())
      const weights = createActor(options, random)
      fillNormal(weights.view('last'), 0.5, random)
      const actor = servingActor(options)
      actor.load(weights)
      const interest = userInterest(options.hidden, options.positions)
      interest.reset(0)
      const [profile, candidate] = [vector(options.profile), vector(options.candidate)]
      const records: Float64Array[] = []
      const [hidden, cell] = [new Float64Array(options.hidden), new Float64Array(options.hidden)]
      const windowNow = () => {
        const recent = records.slice(-options.positions)
        const padding = Array.from(
          { length: options.positions - recent.length },
          () => new Float64Array(options.record),
        )
        return [...padding, ...recent]
      }
      const read = (from: Float64Array, fromCell: Float64Array) => {
        actor.observe(windowNow(), from, fromCell, profile)
        return actor.delta(candidate)
      }
      for (let n = 0; n < length; n++) {
        interest.read(0, hidden, cell)
        const stepped = read(hidden, cell)
        const [again, againCell] = [new Float64Array(options.hidden), new Float64Array(options.hidden)]
        for (const record of records.slice(0, -options.positions)) actor.advance(record, again, againCell)
        // Stored states are single precision.
        expect(Math.abs(stepped - read(again, againCell))).toBeLessThan(1e-6)
        const record = vector(options.record)
        record[options.record - 1] = 1
        records.push(record)
        if (records.length <= options.positions) continue
        actor.advance(records.at(-options.positions - 1)!, hidden, cell)
        interest.write(0, hidden, cell, n)
      }
    }),
    { numRuns: 20, seed: 3 },
  )
})
