import { expect, test } from 'vitest'
import type { ServedScore } from '../../src/records/model-version.ts'
import { armScores, listScores, servedApart } from '../../src/records/served-scores.ts'

const all: ServedScore = {
  ...{ arm: 'trial', span: 'all', hr5: 0.1, hr10: 0.2, hr20: 0.3, ndcg10: 0.15, mrr20: 0.12, recall10: 0.21 },
  ...{ coverage: 0.6, events: 940 },
}
const recent: ServedScore = { ...all, span: 'recent', hr10: 0.25, events: 120 }
const ofPolicy = { policy: 'bias', metric: 'auc', value: 0.7, events: 2_000 }

test('scores of lists come back from the rows that the warehouse has of them', () => {
  const rows = [ofPolicy, ...[all, recent].flatMap(listScores)]
  expect(rows).toContainEqual({ policy: 'trial', metric: 'recent.hr10', value: 0.25, events: 120 })
  expect(servedApart(rows)).toEqual({ scores: [ofPolicy], served: [all, recent] })
})

test('by arm, what was lately stands within what was so far', () => {
  const { arm: _, span: __, ...numbers } = all
  expect(armScores([all, recent])).toEqual({ trial: { ...numbers, recent: { ...numbers, hr10: 0.25, events: 120 } } })
  expect(armScores([all])['trial']!.recent).toMatchObject({ hr10: 0, events: 0 })
})
