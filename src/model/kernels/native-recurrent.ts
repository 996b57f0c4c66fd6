import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../backend.ts'
import type { NativeOps } from './native-ops.ts'
import type { RecurrentKernel, RecurrentState, RlstmPass, RlstmWeights } from './recurrent.ts'

/**
 * The recurrent cell from TensorFlow's own operations, as few as there can be.
 *
 * Forward the LSTM is one BlockLSTM, and the enhanced cell sixteen operations a record. On the way back
 * LSTMBlockCellGrad does what is element-wise in one pass for both: it knows nothing of the enhancement, which
 * multiplies two of its results by one slope, the forget gate's gradient, by way of the cell state that it is given, and
 * the gradient that goes on to the record before.
 */
export function nativeRecurrent(tf: TensorFlow, ops: NativeOps): RecurrentKernel {
  const lift = liftForward(tf, ops)
  const { matMul, run, split, unpack, concat } = ops
  const one = tf.keep(tf.scalar(1))
  return {
    forward: (weights, records, start, enhancement) =>
      enhancement === 'lift' ? lift(weights, records, start) : blockForward(tf, ops, weights, records, start),

    backward(weights, records, pass, gradient, enhancement) {
      const [batch, width] = pass.hidden.shape
      const length = records.shape[0] / batch
      const [before, first, ...rest] = pass.tape as [Tensor, Tensor, ...Tensor[]]
      // The block gives each quantity in one tensor, the enhanced cell in one for each record.
      const columns =
        enhancement === 'lift'
          ? Array.from({ length: 7 }, (_, k) => rest.slice(k * length, (k + 1) * length))
          : rest.map(unpack)
      const [input, next, forget, output, content, squashed, lifted] = columns // T × [B, H] each
      const own = gradient.shape[0] > batch ? split(gradient, 0, length) : null // T × [B, H]
      const recurrent = toBlockOrder(ops, weights.hidden) // [H, 4H]
      const noRecord = tf.zeros([batch, 0]) // what the records drove is not asked for here
      const peephole = tf.zeros([width])
      const bias = tf.zeros([4 * width])
      /** The gradient of a step's drive, and what it makes of those of the states before. */
      const step = (t: number, dHidden: Tensor, dCell: Tensor) =>
        tf.tidy(() => {
          const half = lifted === undefined ? null : run('Sub', lifted[t]!, one) // [B, H], half of the lift's slope
          const slope = half === null ? null : run('AddV2', half, half)
          const known = [input![t]!, next![t]!, forget![t]!, output![t]!, content![t]!, squashed![t]!] // [B, H] each
          const cell = t > 0 ? next![t - 1]! : first
          const faced = slope === null ? cell : run('Mul', slope, cell) // what the forget gate's gradient is a multiple of
          const inputs = [noRecord, faced, pass.hidden, recurrent, peephole, peephole, peephole, bias, ...known]
          const [dFaced, drive] = ops.call('LSTMBlockCellGrad', { use_peephole: false }, [...inputs, dCell, dHidden], 5)
          const through = t > 0 ? matMul(drive!, recurrent, false, true) : dHidden // [B, H], no use at the first record
          return {
            drive: drive!, // [B, 4H]
            dHidden: own === null || t === 0 ? through : run('AddV2', through, own[t - 1]!),
            dCell: slope === null ? dFaced! : run('Mul', slope, dFaced!),
          }
        })
      const drives: Tensor[] = []
      let dHidden: Tensor = own === null ? gradient : own[length - 1]!
      let dCell: Tensor = tf.zeros([batch, width])
      for (let t = length - 1; t >= 0; t--) {
        const before = step(t, dHidden, dCell)
        drives.unshift(before.drive)
        dHidden = before.dHidden
        dCell = before.dCell
      }
      const all = concat(drives, 0) // [T·B, 4H]
      return {
        input: fromBlockOrder(ops, matMul(records, all, true)),
        hidden: fromBlockOrder(ops, matMul(before, all, true)),
      }
    },
  }
}

/** The LSTM over the whole window in one operation. */
function blockForward(
  tf: TensorFlow,
  ops: NativeOps,
  weights: RlstmWeights,
  records: Tensor2D,
  start: RecurrentState,
): RlstmPass {
  const { concat } = ops
  const [batch, width] = start.hidden.shape
  const length = records.shape[0] / batch
  const both = toBlockOrder(ops, concat([weights.input, weights.hidden], 0)) // [R + H, 4H]
  const peephole = tf.zeros([width])
  const deep = tf.reshape(records, [length, batch, records.shape[1]]) // [T, B, R]
  const [input, next, forget, output, content, squashed, all] = ops.call(
    'BlockLSTM',
    { forget_bias: 0, cell_clip: 0, use_peephole: false },
    [ops.long(length), deep, start.cell, start.hidden, both, peephole, peephole, peephole, tf.zeros([4 * width])],
    7,
  ) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor] // [T, B, H] each
  const hiddens = tf.reshape(all, [length * batch, width]) as Tensor2D // [T·B, H]
  const earlier = tf.slice(hiddens, [0, 0], [(length - 1) * batch, width])
  const last = (x: Tensor) => tf.reshape(tf.slice(x, [length - 1, 0, 0], [1, batch, width]), [batch, width]) as Tensor2D
  return {
    hiddens,
    hidden: last(all),
    cell: last(next),
    tape: [concat([start.hidden, earlier], 0), start.cell, input, next, forget, output, content, squashed],
  }
}

/** The cell with the lift x(2 − |x|), record by record. */
function liftForward(tf: TensorFlow, { matMul, run, split, concat }: NativeOps) {
  const [low, high, two] = [-1, 1, 2].map(x => tf.keep(tf.scalar(x))) as [Tensor, Tensor, Tensor]
  return (weights: RlstmWeights, records: Tensor2D, start: RecurrentState): RlstmPass => {
    const length = records.shape[0] / start.hidden.shape[0]
    const columns: Tensor[][] = Array.from({ length: 7 }, () => [])
    const hiddens: Tensor[] = [start.hidden]
    let { hidden, cell }: { hidden: Tensor; cell: Tensor } = start
    // What a step needs for itself alone is freed at once: memory that is still in the cache is used again.
    const step = (driven: Tensor, hidden: Tensor, cell: Tensor) =>
      tf.tidy(() => {
        const drive = run('AddV2', driven, matMul(hidden, weights.hidden)) // [B, 4H]
        const parts = split(drive, 1, 4) // 4 × [B, H]
        const forget = run('Sigmoid', parts[0]!)
        const input = run('Sigmoid', parts[1]!)
        const output = run('Sigmoid', parts[2]!)
        const content = run('Tanh', parts[3]!)
        const bounded = run('ClipByValue', run('Mul', forget, cell), low, high)
        const lifted = run('Sub', two, run('Abs', bounded))
        const next = run('AddV2', run('Mul', bounded, lifted), run('Mul', input, content)) // [B, H]
        const squashed = run('Tanh', next)
        return {
          hidden: run('Mul', output, squashed),
          cell: next,
          kept: [input, next, forget, output, content, squashed, lifted],
        }
      })
    for (const driven of split(matMul(records, weights.input), 0, length)) {
      const after = step(driven, hidden, cell)
      after.kept.forEach((each, k) => void columns[k]!.push(each))
      hidden = after.hidden
      cell = after.cell
      hiddens.push(hidden)
    }
    return {
      hiddens: concat(hiddens.slice(1), 0) as Tensor2D, // [T·B, H]
      hidden: hidden as Tensor2D,
      cell: cell as Tensor2D,
      tape: [concat(hiddens.slice(0, -1), 0), start.cell, ...columns.flat()],
    }
  }
}

/** TensorFlow's block cells keep the gates as input, content, forget, output. */
function toBlockOrder({ split, concat }: NativeOps, weights: Tensor): Tensor {
  const [forget, input, output, content] = split(weights, 1, 4)
  return concat([input!, content!, forget!, output!], 1)
}

function fromBlockOrder({ split, concat }: NativeOps, weights: Tensor): Tensor2D {
  const [input, content, forget, output] = split(weights, 1, 4)
  return concat([forget!, input!, output!, content!], 1) as Tensor2D
}
