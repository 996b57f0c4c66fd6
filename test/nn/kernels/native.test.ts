import type { Tensor2D } from '@tensorflow/tfjs-core'
import { expect, test, vi } from 'vitest'
import { openBackend } from '../../../src/nn/backend.ts'
import { kernelsOf } from '../../../src/nn/kernels/kernels-of.ts'
import { rlstmBackward, rlstmForward } from '../../../src/nn/rlstm.ts'
import { availableBackends } from '../available-backends.ts'

const native = (await availableBackends()).includes('native')

test.skipIf(!native)(
  'the native kernels use no product of the library but the one that is known to be safe',
  async () => {
    const { tf } = await openBackend('native')
    const backend = tf.backend() as unknown as Record<
      'executeSingleOutput' | 'executeMultipleOutputs',
      (name: string) => unknown
    >
    const single = vi.spyOn(backend, 'executeSingleOutput')
    const multiple = vi.spyOn(backend, 'executeMultipleOutputs')
    const ones = (rows: number, columns: number) => tf.ones([rows, columns]) as Tensor2D
    tf.tidy(() => {
      const weights = { input: ones(3, 8), hidden: ones(2, 8) }
      const start = { hidden: ones(4, 2), cell: ones(4, 2) }
      for (const enhancement of ['lstm', 'rlstm'] as const) {
        const pass = rlstmForward(tf, weights, ones(8, 3), start, enhancement)
        rlstmBackward(tf, weights, ones(8, 3), pass, ones(4, 2), enhancement)
      }
      const kernels = kernelsOf(tf)
      kernels.product(ones(2, 3), ones(3, 4))
      kernels.layer(ones(2, 3), ones(3, 4), ones(1, 4), true)
      kernels.blockProducts(ones(4, 3), ones(4, 3), 2, true)
    })
    const used = new Set([...single.mock.calls, ...multiple.mock.calls].map(([name]) => name))
    vi.restoreAllMocks()
    expect([...used].filter(name => /MatMul|Einsum|^BlockLSTM/.test(name))).toEqual(['BatchMatMulV2'])
  },
)
