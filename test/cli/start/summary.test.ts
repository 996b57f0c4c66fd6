import { expect, test } from 'vitest'
import { summaryText } from '../../../src/cli/start/summary.ts'
import { definePipeline } from '../../../src/pipeline/define-pipeline.ts'
import { layoutOf } from '../../../src/run/layout.ts'
import type { RunSummary } from '../../../src/run/run-summary.ts'

const definition = definePipeline({
  name: 'shop',
  description: 'A small shop',
  behaviours: ['buy'],
  reward: () => 1,
  scale: { kind: 'watch', positiveFrom: 0.5 },
})

const summary: RunSummary = {
  pipeline: 'shop',
  log: 'embedded',
  eventsIn: 1_200,
  eventsKept: 1_180,
  rejected: { 'duplicate-id': 15, undecodable: 5 },
  sequences: 1_180,
  recommendations: 300,
  modelVersion: 2,
  weightsSha256: 'abc123',
  champion: 'bias',
  backend: 'wasm',
  scores: { bias: { auc: 0.7, logLoss: 0.6 }, 'ddpg-la-residual': { auc: 0.7, logLoss: 0.61 } },
  served: {
    all: {
      ...{ hr5: 0.1, hr10: 0.2, hr20: 0.3, ndcg10: 0.12, mrr20: 0.11, recall10: 0.2, coverage: 0.5, events: 900 },
      recent: { hr5: 0, hr10: 0, hr20: 0, ndcg10: 0, mrr20: 0, recall10: 0, coverage: 0, events: 0 },
    },
  },
  secondsToFirstRecommendation: 2.25,
  eventsPerSecond: 4_000,
  peakRssMb: 640,
}

const text = (change: Partial<RunSummary> = {}, lists: Parameters<typeof summaryText>[4] = []) =>
  summaryText({ ...summary, ...change }, definition, layoutOf('.recstream', 'shop'), { data: '.recstream' }, lists)

test('tells what came in, what was rejected and why, how good it was, and where to look', () => {
  const said = text({}, [
    {
      userId: 'ada',
      events: 7,
      liked: ['Pear'],
      policy: 'bias',
      items: [{ rank: 1, name: 'Apple', score: 0.5, reason: 'popular now' }],
    },
  ])
  expect(said).toContain('1,200 events: 1,180 kept, 20 rejected:')
  expect(said).toMatch(/15 +duplicate-id +an event with this id was kept before\n +5 +undecodable/)
  expect(said).toContain('first list after 2.3 s · 4,000 events/s · at most 640 MiB')
  expect(said).toContain('ddpg-la-residual adds nothing over the best baseline (bias).')
  expect(said).toMatch(/so far +0\.1000 +0\.2000 +0\.3000 +0\.1200 +0\.1100 +50\.0% +900/)
  expect(said).toContain('user ada (7 events, liked Pear; list by bias)')
  expect(said).toMatch(/1 +Apple +0\.50 +popular now/)
  expect(said).toContain('weights abc123')
  expect(said).toContain('npx recstream sql -p shop "select')
})

test('a run with nothing new says so, and so does one whose lists cannot be read', () => {
  const said = text({ eventsPerSecond: 0, secondsToFirstRecommendation: null }, new Error('It is locked.'))
  expect(said).toContain('no new events this time')
  expect(said).not.toContain('first list')
  expect(said).toContain('They could not be read: It is locked.')
})
