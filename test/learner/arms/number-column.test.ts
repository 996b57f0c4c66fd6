import { expect, test } from 'vitest'
import { numberColumn } from '../../../src/learner/arms/number-column.ts'

const made = () => {
  const column = numberColumn('vector', 2)
  column.reset(0)
  column.reset(1)
  return column
}
const read = (column: ReturnType<typeof made>, slot: number) => {
  const into = new Float32Array(2)
  column.read(slot, into)
  return [...into]
}

test('numbers come from the token of their name, and only news are news', () => {
  const column = made()
  expect(column.set(1, ['#taste=1,2', '#vector=0.5,-2'])).toBe(true)
  expect(read(column, 1)).toEqual([0.5, -2])
  expect(read(column, 0)).toEqual([0, 0])
  expect(column.set(1, ['#vector=0.5,-2'])).toBe(false)
  expect(column.set(1, ['#vector=0.5,-3'])).toBe(true)
})

test.each([['#vector=1'], ['#vector=1,2,3'], ['#vector=1,x'], ['#vector=1,Infinity'], ['#vector='], []])(
  '%j is passed over',
  (...tokens) => {
    const column = made()
    column.set(0, ['#vector=7,8'])
    expect(column.set(0, tokens)).toBe(false)
    expect(read(column, 0)).toEqual([7, 8])
  },
)

test('the same token is no news after a restart', () => {
  const [column, restarted] = [made(), made()]
  column.set(1, ['#vector=0.1,0.2'])
  restarted.restore(column.save(2))
  expect(read(restarted, 1)).toEqual(read(column, 1))
  expect(restarted.set(1, ['#vector=0.1,0.2'])).toBe(false)
})
