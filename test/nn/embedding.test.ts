import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adam } from '../../src/nn/adam.ts'
import { openBackend } from '../../src/nn/backend.ts'
import { type EmbeddingOptions, embedding } from '../../src/nn/embedding.ts'
import { copies } from '../../src/state/saved-arrays.ts'
import { availableBackends } from './available-backends.ts'

const options: EmbeddingOptions = { size: 2, rate: 0.1, start: (slot, row) => row.fill(slot) }

test.each(await availableBackends())('gathers rows in the order asked for on the %s backend', async name => {
  const { tf } = await openBackend(name)
  const table = embedding(options)
  table.reserve(200)
  const rows = tf.tidy(() => [...table.gather(tf, Int32Array.of(7, 199, 7)).dataSync()])
  expect(rows).toEqual([7, 7, 199, 199, 7, 7])
})

describe('an update', () => {
  test('moves a row as Adam would, and adds up the gradients of a slot that comes twice', () => {
    const table = embedding(options)
    table.reserve(10)
    const dense = Float32Array.of(3, 3)
    const reference = adam(2, { rate: 0.1, maxNorm: Infinity })
    for (const pull of [1, -2, 0.5]) {
      table.update(Int32Array.of(3, 3), Float32Array.of(pull, 1, pull, 2))
      reference.update(dense, Float32Array.of(2 * pull, 3))
    }
    expect([...table.row(3)]).toEqual([...dense])
  })

  test('leaves every other row and its moments alone', () => {
    const table = embedding(options)
    table.reserve(100)
    const before = copies(table.save())
    table.update(Int32Array.of(40), Float32Array.of(1, 1))
    const after = table.save()
    for (const name of ['values', 'mean', 'square'] as const) {
      const changed = [...(after[name] as Float32Array)].flatMap((x, k) => (x === before[name]![k] ? [] : [k]))
      expect(changed).toEqual([80, 81])
    }
  })

  test('starts a row seen late as it would have started at first', () => {
    const table = embedding(options)
    table.reserve(2)
    for (let n = 0; n < 500; n++) table.update(Int32Array.of(0), Float32Array.of(1, 1))
    table.update(Int32Array.of(1), Float32Array.of(1, 1))
    expect(table.row(1)[0]).toBeCloseTo(0.9, 6)
  })

  test('with a gradient that is not finite changes nothing', () => {
    const table = embedding(options)
    table.reserve(3)
    const before = copies(table.save())
    expect(table.update(Int32Array.of(1, 2), Float32Array.of(1, 1, Number.NaN, 1))).toBe(false)
    expect(table.save()).toEqual(before)
  })
})

test('a row that is reset begins anew', () => {
  const table = embedding(options)
  table.reserve(4)
  const fresh = copies(table.save())
  table.update(Int32Array.of(2), Float32Array.of(1, 1))
  table.reset(2)
  expect(table.save()).toEqual(fresh)
})

test('restored and gone on, it equals one that never stopped', () => {
  const batch = fc.array(fc.tuple(fc.nat(300), fc.double({ min: -3, max: 3, noNaN: true })), { maxLength: 20 })
  fc.assert(
    fc.property(batch, batch, (first, second) => {
      const learn = (table: ReturnType<typeof embedding>, pulls: [number, number][]) => {
        const slots = Int32Array.from(pulls, ([slot]) => slot)
        table.reserve(Math.max(0, ...slots) + 1)
        table.update(slots, Float32Array.from(pulls.flatMap(([, pull]) => [pull, -pull])))
      }
      const whole = embedding(options)
      learn(whole, first)
      const half = embedding(options)
      half.restore(whole.save())
      learn(whole, second)
      learn(half, second)
      expect(half.save()).toEqual(whole.save())
    }),
    { numRuns: 30 },
  )
})
