import { expect, test } from 'vitest'
import { noSignals, packSignals, signalNames, signalOf } from '../../src/records/signals.ts'

const signals = (packed: number) => signalNames.map((_, place) => signalOf(packed, place))

test('an event says whether its item was clicked and viewed for long, what share was watched, and how long that was', () => {
  const [click, longView, share, seconds] = signals(packSignals(6, { click: 1, longView: 0, duration: 12 }))
  expect([click, longView]).toEqual([1, 0])
  expect(share).toBeCloseTo(0.5, 2)
  expect(seconds).toBeCloseTo(Math.log1p(6) / Math.log1p(150), 2)
})

test('what it does not say is not a number', () => {
  expect(signals(packSignals(null, { like: 1 }))).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN])
  expect(packSignals(null, null)).toBe(noSignals)
  expect(signals(packSignals(4, null)).slice(0, 3)).toEqual([Number.NaN, Number.NaN, Number.NaN])
})

test('beyond eighteen seconds, and of what lasts an unknown time, eighteen seconds are all of it', () => {
  expect(signalOf(packSignals(18, { duration: 600 }), 2)).toBe(1)
  expect(signalOf(packSignals(9, { duration: 0 }), 2)).toBeCloseTo(0.5, 2)
  expect(signalOf(packSignals(90, { duration: 20 }), 2)).toBe(1)
})

test('what says nothing sensible counts as none of it', () => {
  expect(signals(packSignals(-5, { click: -1, duration: 10 }))).toEqual([0, Number.NaN, 0, 0])
})
