import { expect, test } from 'vitest'
import { markdown } from '../../../src/lab/experiment/markdown.ts'
import { plotsOf } from '../../../src/lab/experiment/plots.ts'
import { renderSvg } from '../../../src/lab/experiment/render-svg.ts'
import { summarise } from '../../../src/lab/experiment/summarise.ts'
import type { FinishedTrial } from '../../../src/lab/experiment/trial-store.ts'

const curve = (y: number[]) => ({ x: [0, 10], y, xLabel: 'earlier events', yLabel: 'RMSE' })
const finished = (policy: string, seed: number | null, result: FinishedTrial['result']): FinishedTrial => {
  return { name: `${policy} ${seed}`, policy, seed, result, identity: '', program: '', seconds: 1 }
}
const perUser = (sums: number[]) => ({ events: sums.map(() => 1), sums: { rmse: sums } })
const trials = [
  finished('bias', null, {
    metrics: { rmse: 0.95, mae: 0.75 },
    notes: ['A note.'],
    curves: { Cold: curve([1.2, 0.9]), Unchecked: { ...curve([]), x: [] } },
  }),
  finished('net', 1, {
    metrics: { rmse: 0.93, eventsPerSecond: 3000 },
    perUser: perUser([0.86, 0.86]),
    curves: { Cold: curve([1.1, 0.8]) },
    notes: ['A note.'],
    alongside: { base: { metrics: { rmse: 0.9 } } },
  }),
  finished('net', 2, {
    metrics: { rmse: 0.91, eventsPerSecond: 5000 },
    perUser: perUser([0.83, 0.83]),
    curves: { Cold: curve([1.0, 0.8]) },
    alongside: { base: { metrics: { rmse: 0.92 } } },
  }),
]
const summary = summarise({ name: 'prequential' }, 'ml-100k', [1, 2], trials)

test('seeds are put together by policy, the best policy first', () => {
  expect(Object.keys(summary.scores)).toEqual(['base', 'net', 'bias'])
  expect(summary.scores['net']!['rmse']).toBeCloseTo(0.92, 12)
  expect(summary.scores['net']!['eventsPerSecond']).toBe(4000)
  expect(summary.deviation['net']!['rmse']).toBeCloseTo(0.02 / Math.SQRT2, 12)
  expect(summary.deviation).not.toHaveProperty('bias')
  expect(summary.interval['net']!['rmse']![0]).toBeCloseTo((Math.sqrt(0.86) + Math.sqrt(0.83)) / 2, 12)
  expect(summary.interval).not.toHaveProperty('bias')
  expect(summary.notes).toEqual(['A note.'])
  expect(Object.keys(summary.curves)).toEqual(['Cold'])
  expect(summary.curves['Cold']!['net']!.y[0]).toBeCloseTo(1.05, 12)
})

test('the table has a row a policy, deviations, intervals, short curves and the notes', () => {
  expect(markdown(summary)).toBe(`| Policy | RMSE | MAE | Events/s |
|---|---|---|---|
| base | 0.9100 ± 0.0141 |  |  |
| net | 0.9200 ± 0.0141 (0.9192–0.9192) |  | 4,000 ± 1,414 |
| bias | 0.9500 | 0.7500 |  |

± is the standard deviation over the seeds 1, 2. In brackets: 95% interval, bootstrap over users.

**Cold**

| RMSE by earlier events | 0 | 10 |
|---|---|---|
| net | 1.0500 | 0.8000 |
| bias | 1.2000 | 0.9000 |

- A note.`)
})

test('scores, curves and pace are drawn as SVG without a browser', async () => {
  const paced = finished('bias', null, { metrics: { rmse: 0.95, eventsPerSecond: 1_000_000 } })
  const plots = plotsOf(summarise({ name: 'cost' }, 'ml-100k', [1, 2], [...trials.slice(1), paced]))
  expect(plots.map(({ name }) => name)).toEqual(['scores-rmse', 'curve-cold', 'pace'])
  for (const { spec } of plots) {
    const svg = await renderSvg(spec)
    expect(svg).toMatch(/^<svg [\s\S]*<\/svg>$/)
    expect(svg).toContain('>net<')
    expect(svg).not.toMatch(/NaN|undefined/)
  }
})

test('a policy that only some trials score, or a class without events, leaves no hole in the rest', async () => {
  const empty = summarise(
    { name: 'x' },
    'y',
    [1],
    [finished('a', 1, { metrics: { auc: 0.7 }, curves: { C: curve([0.5, Number.NaN]) } })],
  )
  expect(markdown(empty)).toContain('| a | 0.5000 |  |')
  for (const { spec } of plotsOf(empty)) expect(await renderSvg(spec)).not.toMatch(/NaN/)
})

test('policies that were scored on the same users are held against the best one', () => {
  const of = (policy: string, rmse: number, sums: number[]) =>
    finished(policy, null, { metrics: { rmse }, perUser: perUser(sums) })
  const compared = summarise({ name: 'x' }, 'y', [1], [of('worse', 1.1, [1.21, 1.21]), of('best', 1, [1, 1])])
  expect(compared.difference).toEqual({ worse: { rmse: [expect.closeTo(0.1, 12), expect.closeTo(0.1, 12)] } })
  expect(markdown(compared)).toContain(`| Policy | RMSE | RMSE − the best's |
|---|---|---|
| best | 1.0000 (1.0000–1.0000) |  |
| worse | 1.1000 (1.1000–1.1000) | +0.1000 … +0.1000 |`)
})
