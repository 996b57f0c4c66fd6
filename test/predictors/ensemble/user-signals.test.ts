import { expect, test } from 'vitest'
import { itemDrift } from '../../../src/predictors/ensemble/item-drift.ts'
import { createRecentResiduals, recentWidth } from '../../../src/predictors/ensemble/recent-residuals.ts'
import { createUserCalibration } from '../../../src/predictors/ensemble/user-calibration.ts'

const minute = 60_000

test('recent residuals of two events, by hand', () => {
  const recent = createRecentResiduals()
  recent.reset(0)
  const into = new Float64Array(recentWidth)
  recent.read(0, 0, into, 0)
  expect([...into]).toEqual(new Array(recentWidth).fill(0))
  recent.add(0, 0, 1)
  recent.add(0, 10 * minute, -0.5)
  recent.read(0, 11 * minute, into, 0)
  const age = Math.log1p(60) / 12
  for (const [k, fade] of [0, 0.6, 0.85, 0.95].entries()) {
    const residual = (fade - 0.5) / (fade + 2)
    expect(into[k]).toBeCloseTo(residual, 6)
    expect(into[4 + k]).toBeCloseTo(residual * age, 6)
  }
})

test('calibration of somebody who gives ones and fives, while predictions stay near the mean', () => {
  const calibration = createUserCalibration()
  calibration.reset(0)
  const into = new Float64Array(calibration.width)
  calibration.read(0, 4, into)
  expect([...into]).toEqual([0, 0, 0])
  for (let n = 0; n < 100; n++) calibration.add(0, n % 2 === 0 ? 3.5 : 2.5, n % 2 === 0 ? 5 : 1)
  calibration.read(0, 4, into)
  expect(into[0]).toBeGreaterThan(0.8)
  expect(into[1]).toBeCloseTo(into[0]!, 9)
  expect(into[2]).toBeGreaterThan(0.5)
  calibration.reset(0)
  calibration.read(0, 4, into)
  expect([...into]).toEqual([0, 0, 0])
})

test('drift of an item fades with its events', () => {
  const drift = itemDrift([0.5])
  drift.reset(0)
  const into = new Float64Array(1)
  drift.add(0, 1)
  drift.add(0, 0.5)
  drift.read(0, into, 0)
  expect(into[0]).toBeCloseTo((0.5 * 1 + 0.5) / (0.5 + 1 + 2), 6)
})
