import { expect, test } from 'vitest'
import { openSlots } from '../../src/state/open-slots.ts'

test('the open ones come in order, and closing, opening and more slots change them', () => {
  const slots = openSlots()
  expect([...slots.among(3)]).toEqual([0, 1, 2])
  slots.set(1, false)
  expect([...slots.among(3)]).toEqual([0, 2])
  expect(slots.among(3)).toBe(slots.among(3))
  slots.set(1, false)
  expect([...slots.among(200)].slice(0, 3)).toEqual([0, 2, 3])
  expect(slots.among(200)).toHaveLength(199)
  slots.set(1, true)
  slots.set(199, false)
  expect(slots.among(200).at(-1)).toBe(198)
  expect([slots.isOpen(1), slots.isOpen(199), slots.isOpen(5_000)]).toEqual([true, false, true])
})

test('what was saved is there again', () => {
  const slots = openSlots()
  slots.set(2, false)
  const saved = slots.save(4)
  const again = openSlots()
  again.among(4)
  again.restore(saved)
  expect([...again.among(4)]).toEqual([0, 1, 3])
})
