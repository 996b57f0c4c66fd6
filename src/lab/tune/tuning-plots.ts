import type { Spec } from 'vega'
import { metricOf } from '../experiment/metrics.ts'
import { colour, frame, grid, linePlot, type Plot } from '../experiment/plots.ts'
import type { Dimension } from './space.ts'
import type { Scored, Tuned } from './tuned.ts'

/** The best score so far by trial, and for every option that was searched the scores by its value. */
export function tuningPlots({ trials, space, metric }: Tuned): Plot[] {
  const title = `${metricOf(metric).title} (validation)`
  const whole = trials.filter(({ share }) => share === 1).toSorted((a, b) => order(a) - order(b))
  const best = { x: whole.map((_, at) => at + 1), y: whole.map((_, at) => Math.max(...scores(whole.slice(0, at + 1)))) }
  const each = { x: best.x, y: scores(whole) }
  const labels = { xLabel: 'trial', yLabel: title }
  return [
    {
      name: 'best-so-far',
      spec: linePlot('Best so far', { best: { ...best, ...labels }, trial: { ...each, ...labels } }),
    },
    ...space.map(dimension => ({
      name: `by-${dimension.name.replaceAll(/[^A-Za-z0-9]+/g, '-')}`,
      spec: scatter(dimension, trials, title),
    })),
  ]
}

const scores = (trials: readonly Scored[]): number[] => trials.map(({ score }) => score)

/** Defaults first, then by number. */
const order = ({ name }: Scored): number => (name === 'defaults' ? 0 : Number(name))

/** A dot a trial; those that learned from less than all are paler. */
function scatter(dimension: Dimension, trials: readonly Scored[], title: string): Spec {
  const { name } = dimension
  const isList = 'choices' in dimension
  const values = trials.flatMap(({ options, score, share }) =>
    options[name] === undefined ? [] : [{ x: isList ? String(options[name]) : options[name], score, share }],
  )
  const type = isList ? 'point' : dimension.scale.startsWith('log') ? 'log' : 'linear'
  const domain = isList ? dimension.choices.map(String) : [dimension.min, dimension.max]
  return {
    ...frame,
    ...{ width: 360, height: 240 },
    data: [{ name: 'trials', values }],
    scales: [
      { name: 'x', type, domain, range: 'width', ...(isList ? { padding: 0.5 } : {}) } as never,
      { name: 'y', zero: false, nice: true, domain: { data: 'trials', field: 'score' }, range: 'height' },
    ],
    axes: [
      { ...grid, orient: 'bottom', scale: 'x', title: name, labelOverlap: true, ...(isList ? {} : { tickCount: 5 }) },
      { ...grid, orient: 'left', scale: 'y', title },
    ],
    marks: [
      {
        type: 'symbol',
        from: { data: 'trials' },
        encode: {
          enter: {
            ...{ x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'score' }, fill: { value: colour } },
            size: { value: 60 },
            fillOpacity: { signal: '0.25 + 0.6 * datum.share' },
          },
        },
      },
    ],
  }
}
