import { expect, test } from 'vitest'
import { VersionCheck } from '../../../src/learner/process/version-check.ts'

const versions = (...all: [version: number, weightsSha256: string][]) =>
  all.map(([version, weightsSha256]) => ({ version, weightsSha256 }))
const told = (check: VersionCheck, ...all: [version: number, weightsSha256: string][]) => {
  for (const each of versions(...all)) check.told(each)
}
const differs = expect.objectContaining({ code: 'FOLLOWER_DIFFERS', message: expect.stringMatching(/^Version 300 /) })

test('every version is compared once, whichever of the two comes first', () => {
  const check = new VersionCheck({ every: 100, from: 0 })
  told(check, [100, 'a'], [200, 'b'])
  check.learned(versions([100, 'a']))
  check.learned(versions([200, 'b'], [300, 'c']))
  expect(check.same).toBe(2)
  told(check, [300, 'c'], [300, 'another run of it'])
  expect(check.same).toBe(3)
})

test('other weights are told, whichever of the two comes first', () => {
  const first = new VersionCheck({ every: 100, from: 0 })
  told(first, [300, 'c'])
  expect(() => first.learned(versions([300, 'd']))).toThrow(differs)
  const second = new VersionCheck({ every: 100, from: 200 })
  second.learned(versions([300, 'd']))
  expect(() => told(second, [300, 'c'])).toThrow(differs)
})

test('versions that are compacted away, those before a checkpoint and those at an end are passed over, and none is kept', () => {
  const check = new VersionCheck({ every: 100, from: 200 })
  told(check, [100, 'x'], [200, 'y'], [250, 'an end'])
  check.learned(versions([300, 'c'], [400, 'd'], [500, 'e']))
  told(check, [500, 'e'])
  expect(check.same).toBe(1)
  told(check, [400, 'what a replay says'])
  expect(check.same).toBe(1)
})

test('versions of a leader that is far ahead are left on the topic', () => {
  const check = new VersionCheck({ every: 1, from: 0 })
  for (let version = 1; version <= 10_000; version++) told(check, [version, String(version)])
  expect(check.isFull).toBe(true)
  check.learned(versions([1, '1'], [2, '2']))
  expect([check.isFull, check.same]).toEqual([false, 2])
})
