import { describe, expect, test } from 'vitest'
import { cpuSeconds, eventsPerSecond, fullest, type IngestCosts, sizeOf } from '../../../bench/sizing/cost-model.ts'
import { fitCosts } from '../../../bench/sizing/fit-costs.ts'

const costs: IngestCosts = {
  event: 40,
  record: { read: 10, told: 30 },
  process: 0.1,
  broker: 10,
  width: 1,
  memory: { process: 250, part: 100 },
}

test('profiles are told once and read in every part', () => {
  const time = (parts: number) => cpuSeconds(costs, { parts, shards: 1, events: 1_000_000, records: 100_000 })
  expect(time(1)).toBeCloseTo(40 + 3 + 1)
  expect(time(4)).toBeCloseTo(40 + 3 + 4)
})

test('processes go as fast as the busiest of them, and no faster than all processors', () => {
  const rate = (shards: number, processors: number) =>
    eventsPerSecond(costs, { parts: 4, shards, events: 1_000_000, records: 0 }, processors)
  expect(rate(1, 64)).toBeCloseTo(1e6 / 40)
  expect(rate(2, 64)).toBeCloseTo(2e6 / 44)
  // Two of three have one part, the third two: half of the work.
  expect(rate(3, 64)).toBeCloseTo(2e6 / (40 + 16 / 3))
  expect(rate(4, 2)).toBeCloseTo(2e6 / (46 + 10))
})

describe('a load', () => {
  const load = { events: 1_000, lists: 0, users: 20_000, items: 5_000 }

  test('has as few shards as leave room in each', () => {
    expect(sizeOf(load, costs).shards).toBe(1)
    const { shards, ingest } = sizeOf({ ...load, events: 40_000 }, costs)
    // In three each would take .604 of a processor.
    expect(shards).toBe(4)
    expect(ingest / shards).toBeLessThanOrEqual(fullest)
  })

  test('is too much for one learner, however many shards there are', () => {
    expect(sizeOf({ ...load, events: 10_000 }, costs).learner).toBeGreaterThan(1)
  })
})

test('costs are found again from runs that they made', () => {
  const run = (parts: number, shards: number) => {
    const cpu = cpuSeconds(costs, { parts, shards, events: 400_000, records: 25_000 })
    return { parts, shards, events: 400_000, seconds: cpu, cpu, broker: 4, peak: shards * 250 + parts * 100 }
  }
  const records = { ...run(1, 1), cpu: (105_000 * 40) / 1e6, records: 105_000 }
  const found = fitCosts({ records, whole: run(1, 1), one: run(4, 1), two: run(4, 2), recordsEach: 25_000 })
  expect(found.event).toBeCloseTo(40)
  expect(found.record.read).toBeCloseTo(10)
  expect(found.record.told).toBeCloseTo(30)
  expect(found.process).toBeCloseTo(0.1)
  expect(found.broker).toBeCloseTo(10)
  expect(found.memory.process).toBeCloseTo(250)
  expect(found.memory.part).toBeCloseTo(100)
})
