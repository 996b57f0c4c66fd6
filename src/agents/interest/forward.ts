import { forwardAttention } from '../../nn/forward-attention.ts'
import { forwardRlstm } from '../../nn/forward-rlstm.ts'
import type { Parameters } from '../../nn/parameters.ts'
import { type EncoderOptions, type EncoderShapes, longUnits, shortUnits } from './encoder.ts'
import { forwardDense } from './forward-dense.ts'
import type { DirectionShapes } from './heads.ts'

/**
 * The encoder as it is served, one user at a time in plain arrays.
 *
 *     encoder.observe(window, hidden, cell, rest)   // → encoder.state
 *     encoder.advance(record, hidden, cell)         // when a record leaves the window
 */
export interface ForwardEncoder {
  readonly state: Float64Array
  load(parameters: Parameters<EncoderShapes>): void
  advance(record: Float64Array, hidden: Float64Array, cell: Float64Array): void
  /** Work out the state from a window (all-zero records pad its front), what stood before it, profile and context. */
  observe(window: readonly Float64Array[], hidden: Float64Array, cell: Float64Array, rest: Float64Array): void
}

export function forwardEncoder(options: EncoderOptions): ForwardEncoder {
  const { record, positions } = options
  const [longs, shorts] = [longUnits(options), shortUnits(options)]
  const rlstm = options.long === 'none' ? null : forwardRlstm(record, longs, options.long)
  const attention = options.weighting === 'none' ? null : forwardAttention(record, shorts, positions, options.weighting)
  const rest = options.profile + options.context
  const joined = new Float64Array(rest + longs + shorts)
  const out = forwardDense(joined.length, options.state, true)
  const long = new Float64Array(longs)
  const cell = new Float64Array(longs)
  const deeper = Array.from({ length: options.layers - 1 }, () => forwardDense(options.state, options.state, true))
  const states = [new Float64Array(out.width), new Float64Array(out.width)] as const
  const state = states[deeper.length % 2]!
  return {
    state,
    load(parameters) {
      rlstm?.load(parameters.view('input'), parameters.view('recurrent'))
      attention?.load(parameters.view('attention'))
      out.load(parameters.view('state'), parameters.view('stateBias'))
      const [matrices, biases] = [parameters.view('deeper'), parameters.view('deeperBias')]
      const size = options.state
      for (const [k, layer] of deeper.entries()) {
        layer.load(matrices.subarray(k * size * size, (k + 1) * size * size), biases.subarray(k * size, (k + 1) * size))
      }
    },
    advance: (each, hidden, cell) => rlstm?.advance(each, hidden, cell),
    observe(window, hiddenBefore, cellBefore, ofUser) {
      if (rlstm !== null) {
        long.set(hiddenBefore)
        cell.set(cellBefore)
      }
      for (let t = 0; t < positions; t++) {
        const each = window[t]!
        attention?.take(each, t)
        // A padding record leaves the zero state that stands before a short window at zero, so it is skipped.
        if (each[record - 1] !== 0) rlstm?.advance(each, long, cell)
      }
      joined.set(ofUser)
      joined.set(long, rest)
      attention?.mix(joined, rest + longs)
      out.run(joined, states[0])
      for (const [k, layer] of deeper.entries()) layer.run(states[k % 2]!, states[(k + 1) % 2]!)
    },
  }
}

/** φ(s) of `direction` as it is served. */
export interface ForwardDirection {
  readonly result: Float64Array
  load(parameters: Parameters<DirectionShapes>): void
  run(state: Float64Array, taste: Float32Array): Float64Array
}

export function forwardDirection(state: number, output: number): ForwardDirection {
  const first = forwardDense(state, 64, true)
  const second = forwardDense(64, output, false)
  const anchor = forwardDense(state, 1, false)
  const hidden = new Float64Array(first.width)
  const result = new Float64Array(second.width)
  const alpha = new Float64Array(anchor.width)
  return {
    result,
    load(parameters) {
      first.load(parameters.view('first'), parameters.view('firstBias'))
      second.load(parameters.view('second'), parameters.view('secondBias'))
      anchor.load(parameters.view('anchor'), parameters.view('anchorBias'))
    },
    run(of, taste) {
      first.run(of, hidden)
      second.run(hidden, result)
      anchor.run(of, alpha)
      for (let k = 0; k < taste.length; k++) result[k]! += alpha[0]! * taste[k]!
      return result
    },
  }
}
