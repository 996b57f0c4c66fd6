import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../tensorflow.ts'
import type { NativeOps } from './native-ops.ts'
import type { RecurrentKernel, RlstmWeights } from './recurrent.ts'

/**
 * The recurrent cell from TensorFlow's own operations, as few as there can be.
 *
 * A record and the hidden state before it stand side by side, so that one product drives the gates, and one on the way
 * back gives the gradients of all weights while what it multiplies is still in the cache. LSTMBlockCellGrad does what is
 * element-wise there in one pass: it knows nothing of the enhancement, which multiplies two of its results by one slope,
 * the forget gate's gradient, by way of the cell state that it is given, and the gradient that goes on to the record
 * before.
 */
export function nativeRecurrent(tf: TensorFlow, ops: NativeOps): RecurrentKernel {
  const { matMul, run, sum, split, concat } = ops
  const one = tf.keep(tf.scalar(1))
  return {
    forward: recurrentForward(tf, ops),

    backward(weights, records, pass, gradient) {
      const [batch, width] = pass.hidden.shape
      const length = records.shape[0] / batch
      const [first, ...rest] = pass.tape as [Tensor, ...Tensor[]]
      const kept = rest.length / length
      const columns = Array.from({ length: kept }, (_, k) => rest.slice(k * length, (k + 1) * length))
      const [both, input, next, forget, output, content, squashed, lifted] = columns // lifted only of the lift
      const own = gradient.shape[0] > batch ? split(gradient, 0, length) : null // T × [B, H]
      const recurrent = concat(blockOrder(ops, weights.hidden), 1) // [H, 4H]
      const back = tf.transpose(recurrent) // [4H, H]
      const noRecord = tf.zeros([batch, 0]) // what the records drove is not asked for here
      const peephole = tf.zeros([width])
      const bias = tf.zeros([4 * width])
      /** A step's gradient of the weights, and what it makes of those of the states before. */
      const step = (t: number, dHidden: Tensor, dCell: Tensor) =>
        tf.tidy(() => {
          const half = lifted === undefined ? null : run('Sub', lifted[t]!, one) // [B, H], half of the lift's slope
          const slope = half === null ? null : run('AddV2', half, half)
          const known = [input![t]!, next![t]!, forget![t]!, output![t]!, content![t]!, squashed![t]!] // [B, H] each
          const cell = t > 0 ? next![t - 1]! : first
          const faced = slope === null ? cell : run('Mul', slope, cell) // what the forget gate's gradient is a multiple of
          const inputs = [noRecord, faced, pass.hidden, recurrent, peephole, peephole, peephole, bias, ...known]
          const [dFaced, drive] = ops.call('LSTMBlockCellGrad', { use_peephole: false }, [...inputs, dCell, dHidden], 5)
          const through = t > 0 ? matMul(drive!, back) : dHidden // [B, H], no use at the first record
          return {
            dWeights: matMul(both![t]!, drive!, true), // [R + H, 4H]
            dHidden: own === null || t === 0 ? through : run('AddV2', through, own[t - 1]!),
            dCell: slope === null ? dFaced! : run('Mul', slope, dFaced!),
          }
        })
      const steps: Tensor[] = []
      let dHidden: Tensor = own === null ? gradient : own[length - 1]!
      let dCell: Tensor = tf.zeros([batch, width])
      for (let t = length - 1; t >= 0; t--) {
        const before = step(t, dHidden, dCell)
        steps.push(before.dWeights)
        dHidden = before.dHidden
        dCell = before.dCell
      }
      const [dInput, dContent, dForget, dOutput] = split(sum(steps), 1, 4)
      const all = concat([dForget!, dInput!, dOutput!, dContent!], 1) // [R + H, 4H]
      const rows = weights.input.shape[0]
      return {
        input: tf.slice(all, [0, 0], [rows, 4 * width]),
        hidden: tf.slice(all, [rows, 0], [width, 4 * width]),
      } as RlstmWeights
    },
  }
}

/** Record by record. */
function recurrentForward(tf: TensorFlow, ops: NativeOps): RecurrentKernel['forward'] {
  const { matMul, run, split, unpack, concat } = ops
  const [low, high, two] = [-1, 1, 2].map(x => tf.keep(tf.scalar(x))) as [Tensor, Tensor, Tensor]
  return (weights, records, start, enhancement) => {
    const length = records.shape[0] / start.hidden.shape[0]
    const columns: Tensor[][] = []
    const hiddens: Tensor[] = []
    const driving = perGate(tf, ops, concat([weights.input, weights.hidden], 0)) // [4, R + H, H]
    let { hidden, cell }: { hidden: Tensor; cell: Tensor } = start
    // What a step needs for itself alone is freed at once: memory that is still in the cache is used again.
    const step = (record: Tensor, hidden: Tensor, cell: Tensor) =>
      tf.tidy(() => {
        const both = concat([record, hidden], 1) // [B, R + H]
        const parts = unpack(matMul(both, driving)) // 4 × [B, H]
        const forget = run('Sigmoid', parts[0]!)
        const input = run('Sigmoid', parts[1]!)
        const output = run('Sigmoid', parts[2]!)
        const content = run('Tanh', parts[3]!)
        const left = run('Mul', forget, cell)
        const bounded = enhancement === 'rlstm' ? run('ClipByValue', left, low, high) : null
        const lifted = bounded === null ? null : run('Sub', two, run('Abs', bounded))
        const enhanced = lifted === null ? left : run('Mul', bounded!, lifted)
        const next = run('AddV2', enhanced, run('Mul', input, content)) // [B, H]
        const squashed = run('Tanh', next)
        const kept = [both, input, next, forget, output, content, squashed]
        return {
          hidden: run('Mul', output, squashed),
          cell: next,
          kept: lifted === null ? kept : [...kept, lifted],
        }
      })
    for (const record of split(records, 0, length)) {
      const after = step(record, hidden, cell)
      after.kept.forEach((each, k) => {
        columns[k] ??= []
        columns[k].push(each)
      })
      hidden = after.hidden
      cell = after.cell
      hiddens.push(hidden)
    }
    return {
      // Few ask for it.
      get hiddens() {
        return concat(hiddens, 0) as Tensor2D // [T·B, H]
      },
      hidden: hidden as Tensor2D,
      cell: cell as Tensor2D,
      tape: [start.cell, ...columns.flat()],
    }
  }
}

/** Weights of each gate by themselves, so that its drive comes out of the product in one piece: [K, 4H] to [4, K, H]. */
function perGate(tf: TensorFlow, { split, concat }: NativeOps, weights: Tensor): Tensor {
  return tf.reshape(concat(split(weights, 1, 4), 0), [4, weights.shape[0]!, weights.shape[1]! / 4])
}

/** TensorFlow's block cells keep the gates as input, content, forget, output. */
function blockOrder({ split }: NativeOps, weights: Tensor): Tensor[] {
  const [forget, input, output, content] = split(weights, 1, 4)
  return [input!, content!, forget!, output!]
}
