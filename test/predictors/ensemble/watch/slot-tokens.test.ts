import { expect, test } from 'vitest'
import { slotTokens } from '../../../../src/predictors/ensemble/watch/slot-tokens.ts'
import { hashText } from '../../../../src/state/hash.ts'

test('reads what was saved when every slot had as much room', () => {
  const before = slotTokens(3)
  for (const slot of [0, 1, 2]) before.reset(slot)
  before.set(0, ['age=25-34', 'gender=F', 'city=7', 'later=1'])
  before.set(2, ['gender=F'])
  const [age, gender, city] = ['age=25-34', 'gender=F', 'city=7'].map(token => hashText(token) | 0)
  const [ageName, genderName, cityName] = before.names.subarray(before.from(0), before.to(0))
  const tokens = slotTokens(3)
  tokens.restore({
    counts: Uint8Array.of(3, 0, 1),
    hashes: Int32Array.of(age!, gender!, city!, 0, 0, 0, gender!, 0, 0),
    names: Uint8Array.of(ageName!, genderName!, cityName!, 0, 0, 0, genderName!, 0, 0),
  })
  expect(tokens.occurrences(2, gender!)).toBe(1)
  expect(tokens.occurrences(1, gender!)).toBe(0)
  expect(tokens.save(3)).toEqual(before.save(3))
})
