import type { Tensor2D } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { actorForward, createActor, longSize, type NetworkOptions } from '../../src/agents/ddpg-la/residual/network.ts'
import { servingActor } from '../../src/agents/ddpg-la/residual/serving.ts'
import { openBackend } from '../../src/nn/backend.ts'
import { fillNormal, toTensors } from '../../src/nn/parameters.ts'
import { seededRandom } from '../../src/state/random.ts'

const base = { record: 7, positions: 5, profile: 4, candidate: 6, hidden: 9, short: 5, burnIn: 2 }
const { tf } = await openBackend()
const random = seededRandom(5, 'test')
const vector = (length: number) => Float64Array.from({ length }, () => Math.fround(random.normal()))

test.each<NetworkOptions>([
  { ...base, enhancement: 'rlstm', weighting: 't-self-attention', form: 'reward' },
  { ...base, enhancement: 'lstm', weighting: 'self-attention', form: 'logit', burnIn: 0 },
  { ...base, form: 'reward', enhancement: 'none', weighting: 't-self-attention' },
  { ...base, form: 'reward', enhancement: 'rlstm', weighting: 'none' },
])('the served actor ($enhancement, $weighting) gives what the trained network gives', options => {
  const actor = createActor(options, random)
  fillNormal(actor.view('last'), 0.5, random)
  const serving = servingActor(options)
  serving.load(actor)
  for (let filled = 0; filled <= options.positions; filled++) {
    // A window that is not full yet is padded in front, and then no state stands before it.
    const window = Array.from({ length: options.positions }, (_, i) => {
      const record = vector(options.record)
      record[options.record - 1] = 1
      return i < options.positions - filled ? record.fill(0) : record
    })
    const full = filled === options.positions
    const size = longSize(options)
    const hidden = full ? vector(size) : new Float64Array(size)
    const cell = full ? vector(size) : new Float64Array(size)
    const [profile, candidate] = [vector(options.profile), vector(options.candidate)]

    serving.observe(window, hidden, cell, profile)
    const served = serving.delta(candidate)
    const trained = tf.tidy(() => {
      const row = (...parts: Float64Array[]): Tensor2D => {
        const values = parts.flatMap(part => [...part])
        return tf.tensor2d(values, [1, values.length])
      }
      const records = tf.tensor2d(
        window.flatMap(record => [...record]),
        [options.positions, options.record],
      )
      const batch = {
        records,
        hidden: row(hidden),
        cell: row(cell),
        rest: row(profile, candidate),
        base: row(vector(1)),
      }
      return actorForward(tf, toTensors(tf, actor), batch, options).output.dataSync()[0]!
    })
    expect(Math.abs(served - trained)).toBeLessThan(1e-5)
  }
})

test('what was served for one candidate does not depend on those served before it', () => {
  const options: NetworkOptions = { ...base, enhancement: 'rlstm', weighting: 't-self-attention', form: 'reward' }
  const actor = createActor(options, random)
  fillNormal(actor.view('last'), 0.5, random)
  const serving = servingActor(options)
  serving.load(actor)
  const window = Array.from({ length: options.positions }, () => vector(options.record))
  serving.observe(window, vector(options.hidden), vector(options.hidden), vector(options.profile))
  const [a, b] = [vector(options.candidate), vector(options.candidate)]
  const alone = serving.delta(a)
  serving.delta(b)
  expect(serving.delta(a)).toBe(alone)
})
