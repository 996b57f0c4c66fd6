import type { Tensor2D } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { type ErrorLoss, errorLosses, errorSlope } from '../../../../src/agents/ddpg-la/residual/error-loss.ts'
import { outputsOf } from '../../../../src/agents/ddpg-la/residual/forms.ts'
import {
  actorBackward,
  actorForward,
  type Batch,
  createActor,
  longSize,
  type NetworkOptions,
} from '../../../../src/agents/ddpg-la/residual/network.ts'
import { openBackend } from '../../../../src/nn/backend.ts'
import { fillNormal, flatten, toTensors } from '../../../../src/nn/parameters.ts'
import { rlstmForward } from '../../../../src/nn/rlstm.ts'
import { seededRandom } from '../../../../src/state/random.ts'

const { tf } = await openBackend()
const random = seededRandom(3, 'test')
const rows = 6
const sizes = { record: 4, positions: 4, profile: 2, candidate: 3, hidden: 3, short: 2 }

const normal = (count: number, width: number): Tensor2D =>
  tf.tensor2d(
    Float32Array.from({ length: count * width }, () => random.normal()),
    [count, width],
  )

const batchOf = (options: NetworkOptions): Batch => ({
  records: normal(options.positions * rows, options.record), // [T·B, R]
  hidden: normal(rows, longSize(options)), // [B, H]
  cell: normal(rows, longSize(options)), // [B, H]
  rest: normal(rows, options.profile + options.candidate), // [B, P + C]
})

const actorOf = (options: NetworkOptions) => {
  const actor = createActor(options, random)
  fillNormal(actor.view('last'), 0.5, random)
  return actor
}

test.each<Pick<NetworkOptions, 'enhancement' | 'weighting' | 'form'>>([
  { enhancement: 'rlstm', weighting: 't-self-attention', form: 'reward' },
  { enhancement: 'lstm', weighting: 'none', form: 'logit' },
  { enhancement: 'none', weighting: 'self-attention', form: 'reward' },
])('the gradient of the outputs is what finite differences say ($enhancement, $weighting, $form)', choices => {
  const options: NetworkOptions = { ...sizes, ...choices, burnIn: 0 }
  tf.tidy(() => {
    const [actor, batch] = [actorOf(options), batchOf(options)]
    const sum = () => tf.sum(actorForward(tf, toTensors(tf, actor), batch, options).output).dataSync()[0]!
    const weights = toTensors(tf, actor)
    const pass = actorForward(tf, weights, batch, options)
    const ones = tf.ones([rows, outputsOf(options.form)]) as Tensor2D
    const gradient = flatten(
      actor,
      actorBackward(tf, weights, batch, pass, ones, options),
      new Float32Array(actor.values.length),
    )
    const step = 2e-3
    let [agreed, tried] = [0, 0]
    for (let i = 0; i < actor.values.length; i += 7, tried++) {
      const at = actor.values[i]!
      actor.values[i] = at + step
      const above = sum()
      actor.values[i] = at - step
      const slope = (above - sum()) / (2 * step)
      actor.values[i] = at
      if (Math.abs(slope - gradient[i]!) < 0.02 * Math.max(1, Math.abs(slope))) agreed += 1
    }
    // A step now and then crosses the corner of a ReLU.
    expect(agreed / tried).toBeGreaterThan(0.95)
  })
})

test('the burn-in refreshes the stored state, and no gradient passes it', () => {
  const options: NetworkOptions = { ...sizes, enhancement: 'rlstm', weighting: 'none', form: 'reward', burnIn: 2 }
  tf.tidy(() => {
    const [actor, batch] = [actorOf(options), batchOf(options)]
    const weights = toTensors(tf, actor)
    const gradientOf = (each: Batch, given: NetworkOptions) => {
      const pass = actorForward(tf, weights, each, given)
      const gradient = actorBackward(tf, weights, each, pass, tf.ones([rows, 1]) as Tensor2D, given)
      return { gradient, output: [...pass.output.dataSync()] }
    }
    const cut = 2 * rows
    const first = tf.slice(batch.records, [0, 0], [cut, options.record])
    const fresh = rlstmForward(tf, weights, first, batch, 'rlstm')
    const later = tf.slice(batch.records, [cut, 0], [2 * rows, options.record])
    const burnt = gradientOf(batch, options)
    const rest = gradientOf({ ...batch, records: later, ...pick(fresh) }, { ...options, positions: 2, burnIn: 0 })
    const whole = gradientOf(batch, { ...options, burnIn: 0 })
    for (const name of ['input', 'hidden'] as const) {
      expect([...burnt.gradient[name].dataSync()]).toEqual([...rest.gradient[name].dataSync()])
      expect([...burnt.gradient[name].dataSync()]).not.toEqual([...whole.gradient[name].dataSync()])
    }
    expect(burnt.output).toEqual(rest.output)
    for (const [b, output] of whole.output.entries()) expect(burnt.output[b]).toBeCloseTo(output, 5)
  })
})

const pick = ({ hidden, cell }: { hidden: Tensor2D; cell: Tensor2D }) => ({ hidden, cell })

test('each loss has the slope of its name, on a scale of four points', () => {
  const slopes = (loss: ErrorLoss) => [-1, -0.25, 0, 0.25, 0.75].map(error => errorSlope(loss, error))
  expect(errorLosses.map(loss => [loss, slopes(loss)])).toEqual([
    ['squared', [-32, -8, 0, 8, 24]],
    ['huber', [-4, -2, 0, 2, 4]],
    ['absolute', [-4, -4, 0, 4, 4]],
  ])
})
