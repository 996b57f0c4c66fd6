import type { Tensor2D } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attentionBackward, attentionForward } from '../../src/nn/attention.ts'
import { type BackendName, openBackend } from '../../src/nn/backend.ts'
import { kernelsOf } from '../../src/nn/kernels/kernels-of.ts'
import { type Enhancement, rlstmBackward, rlstmForward } from '../../src/nn/rlstm.ts'
import { seededRandom } from '../../src/state/random.ts'
import { availableBackends } from './available-backends.ts'

const { tf } = await openBackend('cpu')
const fast = (await availableBackends()).filter(name => name !== 'cpu')

interface Sizes {
  batch: number
  length: number
  record: number
  width: number
}
const sizes = fc.record({
  batch: fc.integer({ min: 1, max: 9 }),
  length: fc.integer({ min: 1, max: 5 }),
  record: fc.integer({ min: 1, max: 7 }),
  width: fc.integer({ min: 1, max: 18 }),
})
const enhancements = fc.constantFrom<Enhancement>('rlstm', 'lstm')

/** All that the cell computes for seeded numbers, far enough out that the lift meets its bounds. */
function cell({ batch, length, record, width }: Sizes, enhancement: Enhancement, ofAll: boolean): number[] {
  const random = seededRandom(1, 'test')
  const matrix = (rows: number, columns: number, deviation = 1.5): Tensor2D =>
    tf.tensor2d(
      Float32Array.from({ length: rows * columns }, () => deviation * random.normal()),
      [rows, columns],
    )
  return tf.tidy(() => {
    const weak = 1 / Math.sqrt(width) // else rounding grows from record to record
    const weights = { input: matrix(record, 4 * width, 0.5), hidden: matrix(width, 4 * width, weak) }
    const records = matrix(length * batch, record)
    const start = { hidden: matrix(batch, width), cell: matrix(batch, width) }
    const pass = rlstmForward(tf, weights, records, start, enhancement)
    const gradient = matrix(ofAll ? length * batch : batch, width)
    const back = rlstmBackward(tf, weights, records, pass, gradient, enhancement)
    return [pass.hiddens, pass.hidden, pass.cell, back.input, back.hidden].flatMap(each => [...each.dataSync()])
  })
}

function attention({ batch, length, record, width }: Sizes): number[] {
  const random = seededRandom(2, 'test')
  const matrix = (rows: number, columns: number): Tensor2D =>
    tf.tensor2d(
      Float32Array.from({ length: rows * columns }, () => random.normal()),
      [rows, columns],
    )
  return tf.tidy(() => {
    const records = matrix(length * batch, record)
    const pass = attentionForward(tf, matrix(length * record, 3 * width), records, length, 't-self-attention')
    const back = attentionBackward(tf, records, pass, matrix(batch, width), 't-self-attention')
    return [pass.output, back].flatMap(each => [...each.dataSync()])
  })
}

/** A layer and what its way back is made of, with numbers around zero. */
function layer({ batch, record, width }: Sizes): number[] {
  const random = seededRandom(4, 'test')
  const matrix = (rows: number, columns: number): Tensor2D =>
    tf.tensor2d(
      Float32Array.from({ length: rows * columns }, () => random.normal()),
      [rows, columns],
    )
  return tf.tidy(() => {
    const kernels = kernelsOf(tf)
    const [input, weights, bias] = [matrix(batch, record), matrix(record, width), matrix(1, width)] as const
    const plain = kernels.layer(input, weights, bias, false)
    const output = kernels.layer(input, weights, bias, true)
    const through = kernels.throughRelu(matrix(batch, width), output)
    const sums = kernels.columnSums(through)
    const blocks = kernels.blockProducts(tf.concat([input, input], 0), tf.concat([weights, weights], 0), 2, false)
    return [plain, output, through, sums, blocks].flatMap(each => [...each.dataSync()])
  })
}

async function on(name: BackendName, compute: () => number[]): Promise<number[]> {
  await openBackend(name)
  return compute()
}

function expectSame(actual: number[], expected: number[]): void {
  expect(actual).toHaveLength(expected.length)
  const size = Math.max(1, ...expected.map(Math.abs))
  for (let k = 0; k < expected.length; k++) expect(Math.abs(actual[k]! - expected[k]!) / size).toBeLessThan(1e-5)
}

describe.each(fast)('the kernels of the %s backend', name => {
  test('give the states and gradients of the cell that the cpu backend gives', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, enhancements, fc.boolean(), async (sizes, enhancement, ofAll) => {
        const compute = () => cell(sizes, enhancement, ofAll)
        expectSame(await on(name, compute), await on('cpu', compute))
      }),
      { numRuns: 15 },
    )
  })

  test('give the attention and its gradient that the cpu backend gives', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async sizes => {
        const compute = () => attention(sizes)
        expectSame(await on(name, compute), await on('cpu', compute))
      }),
      { numRuns: 15 },
    )
  })

  test('give the layers that the cpu backend gives, and what their ways back are made of', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async sizes => {
        const compute = () => layer(sizes)
        expectSame(await on(name, compute), await on('cpu', compute))
      }),
      { numRuns: 15 },
    )
  })

  test('give the same bits twice and leave nothing behind', async () => {
    const sizes = { batch: 40, length: 6, record: 11, width: 17 }
    const compute = () => [
      ...cell(sizes, 'rlstm', true),
      ...cell(sizes, 'lstm', false),
      ...attention(sizes),
      ...layer(sizes),
    ]
    await openBackend(name)
    const { numTensors, numDataBuffers } = tf.memory()
    expect(compute()).toEqual(compute())
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers })
  })

  test('run a plain loop over tensors', async () => {
    await openBackend(name)
    const result = tf.tidy(() => {
      const [sums] = kernelsOf(tf).compute([tf.tensor2d([1, 2, 3, 4], [2, 2])], [[2, 1]], ([x], [sums]) => {
        for (let row = 0; row < 2; row++) sums![row] = x![2 * row]! + x![2 * row + 1]!
      })
      return [...tf.mul(sums!, 2).dataSync()]
    })
    expect(result).toEqual([6, 14])
  })
})
