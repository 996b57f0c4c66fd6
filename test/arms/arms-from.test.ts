import { expect, test } from 'vitest'
import { armsFrom } from '../../src/arms/arms-from.ts'
import type { Arm } from '../../src/records/definition.ts'

const far: Arm = { name: 'far', policy: 'ddpg-la', share: 1, options: { pace: 2 } }
const definition = { name: 'shop', arms: [far] }

test('names of policies and of the definition’s arms become arms with their shares', () => {
  expect(armsFrom(definition, 'myopic=0.5, far=0.25,champion=1')).toEqual([
    { name: 'myopic', policy: 'myopic', share: 0.5 },
    { ...far, share: 0.25 },
    { name: 'champion', policy: 'champion', share: 1 },
  ])
})

test('says what is wrong and what there is', () => {
  expect(() => armsFrom(definition, 'oracle=1')).toThrow(
    /no arm or policy "oracle"; give some of far, champion, random/,
  )
  expect(() => armsFrom(definition, 'myopic')).toThrow(/The arm myopic has no share/)
  expect(() => armsFrom(definition, 'myopic=much')).toThrow(/share of the arm myopic of shop must be a number from 0/)
  expect(() => armsFrom(definition, 'myopic=1,myopic=1')).toThrow(/Two arms of shop have the name myopic/)
  expect(() => armsFrom(definition, '')).toThrow(/no arm or policy ""/)
})
