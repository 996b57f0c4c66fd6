import type { Axis, Scale, Spec } from 'vega'
import type { Curve } from './experiment.ts'
import { metricOf } from './metrics.ts'
import { labelGap, placeLabels } from './place-labels.ts'
import { columnsOf, type Summary } from './summarise.ts'

/** A file's name without its ending, and what to draw into it. */
export interface Plot {
  name: string
  spec: Spec
}

/**
 * The plots of a summary: a dot per policy with its interval, or else its deviation over seeds, for each of the first two
 * metrics, the lines of each curve, and the first metric against events/s where more than one policy has a rate.
 */
export function plotsOf(summary: Summary): Plot[] {
  const { scores, deviation, interval, curves } = summary
  const policies = Object.keys(scores)
  const names = columnsOf(summary)
  const judged = names.filter(name => name !== 'eventsPerSecond').slice(0, 2)
  const dots = judged.map(metric => ({
    name: `scores-${metric}`,
    spec: dotPlot(
      metricOf(metric).title,
      policies.flatMap(policy => {
        const value = scores[policy]![metric]
        if (value === undefined) return []
        const spread = deviation[policy]?.[metric] ?? 0
        const [low, high] = interval[policy]?.[metric] ?? [value - spread, value + spread]
        return [{ policy, value, low, high }]
      }),
    ),
  }))
  const lines = Object.entries(curves).map(([name, byPolicy]) => ({
    name: `curve-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`,
    spec: linePlot(name, byPolicy),
  }))
  const [first] = judged
  const paced = policies.flatMap(policy => {
    const { eventsPerSecond: x, ...rest } = scores[policy]!
    const y = first === undefined ? undefined : rest[first]
    return x === undefined || y === undefined ? [] : [{ policy, x, y }]
  })
  const pace = paced.length < 2 ? [] : [{ name: 'pace', spec: pacePlot(metricOf(first!).title, paced) }]
  return [...dots, ...lines, ...pace]
}

export const ink = '#333'
export const colour = '#2a6f97'
export const frame = {
  background: 'white',
  padding: 8,
  config: { axis: { labelFontSize: 12, titleFontSize: 12 } },
} as const
const labelLimit = 400
export const grid: Partial<Axis> = {
  grid: true,
  gridColor: '#e5e5e5',
  domain: false,
  ticks: false,
  labelPadding: 6,
  labelLimit,
}

export interface Dot {
  policy: string
  value: number
  low: number
  high: number
}

/** A dot and its interval for each policy. */
export function dotPlot(title: string, values: Dot[]): Spec {
  const y = { scale: 'y', field: 'policy' }
  return {
    ...frame,
    ...{ width: 460, height: Math.max(60, 26 * values.length) },
    data: [{ name: 'dots', values }],
    scales: [
      { name: 'x', domain: { data: 'dots', fields: ['low', 'high'] }, range: 'width', zero: false, nice: true },
      { name: 'y', type: 'point', padding: 0.5, domain: { data: 'dots', field: 'policy' }, range: 'height' },
    ],
    axes: [
      { ...grid, orient: 'bottom', scale: 'x', title, tickCount: 6 },
      { ...grid, orient: 'left', scale: 'y', grid: false },
    ],
    marks: [
      {
        type: 'rule',
        from: { data: 'dots' },
        encode: {
          enter: {
            y,
            x: { scale: 'x', field: 'low' },
            x2: { scale: 'x', field: 'high' },
            stroke: { value: colour },
            strokeWidth: { value: 3 },
            strokeOpacity: { value: 0.35 },
          },
        },
      },
      {
        type: 'symbol',
        from: { data: 'dots' },
        encode: { enter: { y, x: { scale: 'x', field: 'value' }, fill: { value: colour }, size: { value: 60 } } },
      },
    ],
  }
}

/** A line for each policy, with a legend. */
export function linePlot(title: string, byPolicy: Record<string, Curve>): Spec {
  const [first] = Object.values(byPolicy)
  const values = Object.entries(byPolicy).flatMap(([policy, { x, y }]) =>
    x.map((at, k) => ({ policy, x: at, y: y[k]! })).filter(point => Number.isFinite(point.y)),
  )
  const x: Scale =
    first?.xScale === 'log'
      ? { name: 'x', type: 'symlog', domain: { data: 'points', field: 'x' }, range: 'width' }
      : { name: 'x', zero: false, domain: { data: 'points', field: 'x' }, range: 'width' }
  const place = { x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'y' } }
  const stroke = { scale: 'colour', field: 'policy' }
  return {
    ...frame,
    ...{ width: 460, height: 260, title: { text: title, anchor: 'start', fontSize: 13, color: ink } },
    data: [{ name: 'points', values }],
    scales: [
      x,
      { name: 'y', zero: false, nice: true, domain: { data: 'points', field: 'y' }, range: 'height' },
      {
        name: 'colour',
        type: 'ordinal',
        range: { scheme: Object.keys(byPolicy).length > 10 ? 'tableau20' : 'tableau10' },
        domain: Object.keys(byPolicy),
      },
    ],
    axes: [
      {
        ...grid,
        ...{ orient: 'bottom', scale: 'x', title: first?.xLabel ?? '', labelOverlap: true },
        ...((first?.x.length ?? 0) <= 15 ? { values: first?.x ?? [] } : {}),
      },
      { ...grid, orient: 'left', scale: 'y', title: first?.yLabel ?? '' },
    ],
    legends: [{ stroke: 'colour', symbolType: 'stroke', symbolStrokeWidth: 3, labelLimit }],
    marks: [
      {
        type: 'group',
        from: { facet: { name: 'series', data: 'points', groupby: 'policy' } },
        marks: [
          {
            type: 'line',
            from: { data: 'series' },
            encode: { enter: { ...place, stroke, strokeWidth: { value: 2 } } },
          },
        ],
      },
    ],
  }
}

function pacePlot(title: string, policies: { policy: string; x: number; y: number }[]): Spec {
  const [width, height] = [520, 320]
  const decades = policies.map(({ x }) => Math.log10(x))
  const from = Math.floor(Math.min(...decades))
  const tens = Array.from(
    { length: Math.max(2, Math.ceil(Math.max(...decades)) - from + 1) },
    (_, k) => 10 ** (from + k),
  )
  const ys = policies.map(({ y }) => y)
  const margin = 0.08 * (Math.max(...ys) - Math.min(...ys)) || 0.01
  const [low, high] = [Math.min(...ys) - margin, Math.max(...ys) + margin]
  const values = placeLabels(
    policies.map(({ policy, x, y }) => ({
      text: policy,
      x: (width * (Math.log10(x) - from)) / (tens.length - 1),
      y: (height * (high - y)) / (high - low),
    })),
  )
  const place = { x: { field: 'x' }, y: { field: 'y' } }
  return {
    ...frame,
    ...{ width, height },
    data: [{ name: 'policies', values }],
    scales: [
      { name: 'x', type: 'log', domain: [tens[0]!, tens.at(-1)!], range: 'width' },
      { name: 'y', zero: false, domain: [low, high], range: 'height' },
    ],
    axes: [
      { ...grid, orient: 'bottom', scale: 'x', title: 'Events/s', format: '~s', values: tens },
      { ...grid, orient: 'left', scale: 'y', title },
    ],
    marks: [
      {
        type: 'symbol',
        from: { data: 'policies' },
        encode: { enter: { ...place, fill: { value: colour }, size: { value: 60 } } },
      },
      {
        type: 'text',
        from: { data: 'policies' },
        encode: {
          enter: {
            ...place,
            ...{ text: { field: 'text' }, dx: { value: labelGap }, dy: { field: 'dy' } },
            ...{ baseline: { value: 'middle' }, fill: { value: ink }, fontSize: { value: 11 } },
          },
        },
      },
    ],
  }
}
