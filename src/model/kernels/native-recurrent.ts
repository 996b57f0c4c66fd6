import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../backend.ts'
import type { NativeOps } from './native-ops.ts'
import type { RecurrentKernel } from './recurrent.ts'

/**
 * The recurrent cell from TensorFlow's own operations, as few as there can be for each record.
 *
 * On the way back LSTMBlockCellGrad does what is element-wise in one pass. It knows nothing of the enhancement, which
 * multiplies two of its results by one slope: the forget gate's gradient, by way of the cell state that it is given,
 * and the gradient that goes on to the record before.
 */
export function nativeRecurrent(tf: TensorFlow, ops: NativeOps): RecurrentKernel {
  const { matMul, run, split, concat } = ops
  const [low, high, two] = [-1, 1, 2].map(x => tf.keep(tf.scalar(x))) as [Tensor, Tensor, Tensor]

  return {
    forward({ input, hidden: recurrent }, records, start, enhancement) {
      const batch = start.hidden.shape[0]
      const drives = split(matMul(records, input), 0, records.shape[0] / batch) // T × [B, 4H]
      const steps: Tensor[] = []
      const hiddens: Tensor[] = []
      let { hidden, cell }: { hidden: Tensor; cell: Tensor } = start
      for (const driven of drives) {
        const drive = run('AddV2', driven, matMul(hidden, recurrent)) // [B, 4H]
        const parts = split(drive, 1, 4) // 4 × [B, H]
        const forget = run('Sigmoid', parts[0]!)
        const input = run('Sigmoid', parts[1]!)
        const output = run('Sigmoid', parts[2]!)
        const content = run('Tanh', parts[3]!)
        let kept = run('Mul', forget, cell) // [B, H]
        let lift: Tensor | null = null
        if (enhancement === 'lift') {
          const bounded = run('ClipByValue', kept, low, high)
          lift = run('Sub', two, run('Abs', bounded)) // [B, H], 2 − |x|
          kept = run('Mul', bounded, lift)
        }
        const next = run('AddV2', kept, run('Mul', input, content)) // [B, H]
        const squashed = run('Tanh', next)
        steps.push(input, next, forget, output, content, squashed, cell, lift ?? two)
        hidden = run('Mul', output, squashed) // [B, H]
        cell = next
        hiddens.push(hidden)
      }
      const before = [start.hidden, ...hiddens.slice(0, -1)]
      return {
        hiddens: concat(hiddens, 0) as Tensor2D, // [T·B, H]
        hidden: hidden as Tensor2D,
        cell: cell as Tensor2D,
        tape: [concat(before, 0), ...steps],
      }
    },

    backward(weights, records, pass, gradient, enhancement) {
      const [batch, width] = pass.hidden.shape
      const [before, ...steps] = pass.tape as [Tensor, ...Tensor[]]
      const length = steps.length / tapeWidth
      const own = gradient.shape[0] > batch ? split(gradient, 0, length) : null // T × [B, H]
      const recurrent = toBlockOrder(ops, weights.hidden) // [H, 4H]
      const noRecord = tf.zeros([batch, 0]) // what the records drove is not asked for here
      const unused = tf.zeros([width])
      const bias = tf.zeros([4 * width])
      const drives: Tensor[] = []
      let dHidden: Tensor = own === null ? gradient : own[length - 1]!
      let dCell: Tensor = tf.zeros([batch, width])
      for (let t = length - 1; t >= 0; t--) {
        const [input, next, forget, output, content, squashed, cell, lift] = steps.slice(t * tapeWidth) as Tensor[] // [B, H]
        const half = enhancement === 'lift' ? run('Sub', lift!, high) : null // [B, H], half of the lift's slope
        const slope = half === null ? null : run('AddV2', half, half)
        const [dBefore, drive] = ops.call(
          'LSTMBlockCellGrad',
          { use_peephole: false },
          [
            ...[noRecord, slope === null ? cell! : run('Mul', slope, cell!), pass.hidden, recurrent],
            ...[unused, unused, unused, bias, input!, next!, forget!, output!, content!, squashed!, dCell, dHidden],
          ],
          5,
        ) as [Tensor, Tensor]
        drives.unshift(drive)
        if (t === 0) break
        dCell = slope === null ? dBefore : run('Mul', slope, dBefore)
        const through = matMul(drive, recurrent, false, true) // [B, H]
        dHidden = own === null ? through : run('AddV2', through, own[t - 1]!)
      }
      const all = concat(drives, 0) // [T·B, 4H]
      return {
        input: fromBlockOrder(ops, matMul(records, all, true)),
        hidden: fromBlockOrder(ops, matMul(before, all, true)),
      }
    },
  }
}

/** Tensors on the tape for each record. */
const tapeWidth = 8

/** TensorFlow's block cells keep the gates as input, content, forget, output. */
function toBlockOrder({ split, concat }: NativeOps, weights: Tensor): Tensor {
  const [forget, input, output, content] = split(weights, 1, 4)
  return concat([input!, content!, forget!, output!], 1)
}

function fromBlockOrder({ split, concat }: NativeOps, weights: Tensor): Tensor2D {
  const [input, content, forget, output] = split(weights, 1, 4)
  return concat([forget!, input!, output!, content!], 1) as Tensor2D
}
