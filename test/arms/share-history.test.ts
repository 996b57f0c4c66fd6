import { expect, test } from 'vitest'
import { shareHistory, undoable } from '../../src/arms/share-history.ts'
import type { Command } from '../../src/records/command.ts'

const arms = [
  { name: 'a', share: 1 },
  { name: 'b', share: 3 },
]
const command = (kind: Command['kind'], more: Partial<Command> = {}) => ({ kind, shares: {}, arm: null, ...more })
const sharesOf = (history: ReturnType<typeof shareHistory>) => history.shares.map(({ share }) => share)

test('begins as the definition has it, and follows commands', () => {
  const history = shareHistory(arms)
  expect(history.shares).toEqual(arms)
  history.apply(command('shares', { shares: { a: 0.2, b: 0.8 } }))
  expect(sharesOf(history)).toEqual([0.2, 0.8])
  history.apply(command('promote', { arm: 'a' }))
  expect(sharesOf(history)).toEqual([1, 0])
})

test('a roll-back undoes one command at a time, back to the definition', () => {
  const history = shareHistory(arms)
  history.apply(command('promote', { arm: 'a' }))
  history.apply(command('promote', { arm: 'b' }))
  expect(history.depth).toBe(2)
  expect(history.apply(command('roll-back'))).toBe(true)
  expect(sharesOf(history)).toEqual([1, 0])
  expect(history.apply(command('roll-back'))).toBe(true)
  expect(sharesOf(history)).toEqual([1, 3])
  expect(history.apply(command('roll-back'))).toBe(false)
  expect(sharesOf(history)).toEqual([1, 3])
})

test('an arm that is not named gets nothing', () => {
  const history = shareHistory(arms)
  expect(history.apply(command('shares', { shares: { b: 0.5 } }))).toBe(true)
  expect(sharesOf(history)).toEqual([0, 0.5])
})

test.each([
  ['an arm that there is not', command('promote', { arm: 'c' })],
  ['no arm', command('promote')],
  ['a share of an unknown arm', command('shares', { shares: { a: 1, c: 1 } })],
  ['a share below 0', command('shares', { shares: { a: 1, b: -1 } })],
  ['shares that come to nothing', command('shares', { shares: { a: 0, b: 0 } })],
])('%s changes nothing', (_, wrong) => {
  const history = shareHistory(arms)
  expect(history.apply(wrong)).toBe(false)
  expect(history.shares).toEqual(arms)
  expect(history.depth).toBe(0)
})

test('what the guard takes out gets nothing, the others keep what they have, and it can be undone', () => {
  const history = shareHistory([...arms, { name: 'c', share: 2 }])
  expect(history.apply(command('guard', { arm: 'b' }))).toBe(true)
  expect(sharesOf(history)).toEqual([1, 0, 2])
  expect(history.apply(command('roll-back'))).toBe(true)
  expect(sharesOf(history)).toEqual([1, 3, 2])
  expect(history.apply(command('guard', { arm: 'x' }))).toBe(false)
})

test('goes on from the steps of another', () => {
  const [history, restored] = [shareHistory(arms), shareHistory(arms)]
  history.apply(command('promote', { arm: 'a' }))
  restored.restore(history.steps)
  expect(restored.steps).toEqual([
    [1, 3],
    [1, 0],
  ])
  restored.apply(command('roll-back'))
  expect(restored.shares).toEqual(arms)
})

test('remembers a bounded number of changes', () => {
  const history = shareHistory(arms)
  for (let k = 1; k < 100; k++) history.apply(command('shares', { shares: { a: k } }))
  expect(history.depth).toBe(undoable)
  expect(sharesOf(history)).toEqual([99, 0])
})
