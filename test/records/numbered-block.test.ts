import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBlock, encodeBlock } from '../../src/codec/block.ts'
import { numberedBlock } from '../../src/records/numbered-block.ts'
import { seededRandom } from '../../src/state/random.ts'
import { atomsOf, blockOfAtoms, met } from '../learner/process/blocks/atoms.ts'

const nothing = { from: 0, to: 0, base: 0, changeFrom: 0, change: 0, changeBase: 0 }

test('rows, their traces and changes get the learner’s numbers, and nothing else does', () => {
  const block = blockOfAtoms(
    [
      { row: 1, user: 'ann', item: 'a', short: [], traced: true },
      { change: 1 },
      { row: 2, user: 'bob', item: 'b', short: ['a'], traced: false },
    ],
    0,
  )
  const numbered = numberedBlock(block, { ...nothing, to: 2, base: 40, change: 1, changeBase: -1 })
  expect(numbered).toEqual({
    ...block,
    sequence: [41, 42],
    changes: [{ ...block.changes[0], number: 0 }],
    traces: [{ ...block.traces[0], sequence: 41 }],
  })
})

test('however a block is cut, its pieces tell what it tells, each with no more than it needs', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.nat(40), { maxLength: 5 }), (seed, cuts) => {
      const atoms = atomsOf(40, seededRandom(seed, 'atoms'))
      const whole = blockOfAtoms(atoms, 0)
      const ends = [...new Set([...cuts, 40])].sort((a, b) => a - b)
      let [from, changeFrom] = [0, 0]
      const pieces = ends.map(end => {
        const [to, change] = [
          Math.max(from, ...atoms.slice(0, end).map(atom => ('row' in atom ? atom.row : 0))),
          Math.max(changeFrom, ...atoms.slice(0, end).map(atom => ('change' in atom ? atom.change : 0))),
        ]
        const piece = numberedBlock(whole, { ...nothing, from, to, changeFrom, change })
        ;[from, changeFrom] = [to, change]
        return decodeBlock(encodeBlock(piece))
      })
      expect(met(pieces)).toEqual(met([whole]))
      const users = pieces.map(({ users }) => users.length)
      expect(users.reduce((sum, each) => sum + each, 0)).toBe(whole.users.length)
    }),
  )
})
