import { expect, test } from 'vitest'
import { servedLine, servedText } from '../../../src/cli/start/served-text.ts'
import type { ServedScore } from '../../../src/records/model-version.ts'
import { armScores } from '../../../src/records/served-scores.ts'

const score = (arm: string, span: ServedScore['span'], hr10: number, events: number): ServedScore => ({
  ...{ arm, span, hr5: hr10 / 2, hr10, hr20: hr10, ndcg10: hr10 / 4, mrr20: hr10 / 5, recall10: hr10, coverage: 0.62 },
  events,
})

test('tells how good all lists were, and those of the last day', () => {
  const text = servedText(armScores([score('all', 'all', 0.2, 9_400), score('all', 'recent', 0.24, 300)]))
  const lines = text.split('\n').map(line => line.trim())
  expect(lines[0]).toMatch(/^lists +HR@5 +HR@10 +HR@20 +NDCG@10 +MRR@20 +items shown +events$/)
  expect(lines[1]).toMatch(/^so far +0\.1000 +0\.2000 +0\.2000 +0\.0500 +0\.0400 +62\.0% +9,400$/)
  expect(lines[2]).toMatch(/^last day +0\.1200 +0\.2400 .* 300$/)
})

test('names the arms where there are several, and says when nothing was judged', () => {
  const two = armScores([score('control', 'all', 0.2, 10), score('trial', 'all', 0.1, 20)])
  expect(servedText(two)).toMatch(/\n +control .*10\n +trial .*20\n/)
  expect(servedText(armScores([score('all', 'all', 0, 0)]))).toContain('Nobody has had a list')
})

test('the line of progress has all arms together, lately where that is known', () => {
  const all = [score('control', 'all', 0.2, 10), score('trial', 'all', 0.1, 30)]
  expect(servedLine(all)).toBe('lists HR@10 0.125')
  expect(servedLine([...all, score('trial', 'recent', 0.3, 5)])).toBe('lists HR@10 0.300')
  expect(servedLine([score('all', 'all', 0, 0)])).toBe('')
})
