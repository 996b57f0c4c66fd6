import { Session } from 'node:inspector'
import type { Tensor2D } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { openBackend } from '../../../src/nn/backend.ts'
import { kernelsOf } from '../../../src/nn/kernels/kernels-of.ts'
import { type Enhancement, rlstmBackward, rlstmForward } from '../../../src/nn/rlstm.ts'
import { availableBackends } from '../available-backends.ts'

const native = (await availableBackends()).includes('native')

// Were a kernel to borrow the stack pointer, the profiler's signals would land in the heap, and this process would abort.
test.skipIf(!native)('the native kernels, at sums of many terms, stand a signal at any instant', async () => {
  const { tf } = await openBackend('native')
  const [batch, length, record, hidden] = [256, 4, 40, 64]
  const matrix = (rows: number, columns: number) =>
    tf.tensor2d(
      Float32Array.from({ length: rows * columns }, (_, k) => Math.sin(k) / 8),
      [rows, columns],
    ) as Tensor2D
  const step = (enhancement: Enhancement) =>
    tf.tidy(() => {
      const weights = { input: matrix(record, 4 * hidden), hidden: matrix(hidden, 4 * hidden) }
      const records = matrix(length * batch, record)
      const start = { hidden: matrix(batch, hidden), cell: matrix(batch, hidden) }
      const pass = rlstmForward(tf, weights, records, start, enhancement)
      const back = rlstmBackward(tf, weights, records, pass, matrix(batch, hidden), enhancement)
      const kernels = kernelsOf(tf)
      const product = kernels.product(matrix(64, 256), matrix(256, 256))
      const layer = kernels.layer(matrix(256, 96), matrix(96, 64), matrix(1, 64), true)
      return [back.input, back.hidden, product, layer].map(each => [...each.dataSync()])
    })
  const quiet = [step('lstm'), step('rlstm')]
  let shaken: typeof quiet = []
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.setSamplingInterval', { interval: 100 }) // µs
  session.post('Profiler.start')
  for (let round = 0; round < 20; round++) shaken = [step('lstm'), step('rlstm')]
  session.post('Profiler.stop')
  session.disconnect()
  expect(shaken).toEqual(quiet)
})
