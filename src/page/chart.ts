import { h } from './dom.ts'
import { table } from './table.ts'
import uPlot from './uplot.js'

export interface Series {
  name: string
  values: (number | null)[]
  /** Between what a value may lie. */
  band?: { low: (number | null)[]; high: (number | null)[] }
}

export interface Chart {
  caption: string
  x: number[]
  xName: string
  series: Series[]
  show?: (value: number | null) => string
}

/** Lines differ by how they are broken, not by colour alone. */
const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [14, 5], [5, 2], [10, 3, 2, 3, 2, 3]]
const height = 260
const tableRows = 100

/** Lines over x, with the same as a table. */
export function chart({ caption, x, xName, series, show = value => String(value ?? '–') }: Chart): HTMLElement {
  const place = h('div', { class: 'plot', 'aria-hidden': 'true' })
  const legend = h('ul', { class: 'legend' }, ...series.map(({ name }, k) => h('li', {}, sample(k), name)))
  const rows = x.map((at, row) => [String(at), ...series.map(each => cell(each, row, show))]).slice(-tableRows)
  const figure = h(
    'figure',
    {},
    h('figcaption', {}, caption),
    place,
    legend,
    h(
      'details',
      {},
      h('summary', {}, 'The same as a table'),
      table(caption, [xName, ...series.map(({ name }) => ({ name, right: true }))], rows, 'There is nothing yet.'),
    ),
  )
  let plot: uPlot | null = null
  const draw = () => {
    plot?.destroy()
    plot = new uPlot(optionsOf({ x, series, xName, caption }, place.clientWidth), dataOf(x, series), place)
  }
  const sizes = new ResizeObserver(() => {
    if (!place.isConnected) return
    if (plot === null) draw()
    else plot.setSize({ width: place.clientWidth, height })
  })
  sizes.observe(place)
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const redraw = () => (place.isConnected ? draw() : dark.removeEventListener('change', redraw))
  dark.addEventListener('change', redraw)
  return figure
}

function cell({ values, band }: Series, row: number, show: (value: number | null) => string): string {
  const value = show(values[row] ?? null)
  if (band === undefined || values[row] === null || values[row] === undefined) return value
  return `${value} (${show(band.low[row] ?? null)} to ${show(band.high[row] ?? null)})`
}

/** Each series, and behind it the two ends of its band. */
function dataOf(x: number[], series: readonly Series[]): uPlot.AlignedData {
  return [x, ...series.flatMap(({ values, band }) => (band === undefined ? [values] : [values, band.high, band.low]))]
}

function optionsOf({ x, series, xName }: Chart, width: number): uPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const grid = { stroke: colour('--line'), width: 1 }
  const axis = { stroke: colour('--text'), grid, ticks: grid }
  const points = { show: x.length < 40, fill: colour('--back') }
  const lines: uPlot.Series[] = []
  const bands: uPlot.Band[] = []
  for (const [k, { name, band }] of series.entries()) {
    const stroke = colour(`--series-${(k % dashes.length) + 1}`)
    lines.push({ label: name, stroke, width: 2, dash: dashes[k % dashes.length]!, points })
    if (band === undefined) continue
    const edge: uPlot.Series = { stroke: 'transparent', points: { show: false } }
    bands.push({ series: [lines.length + 1, lines.length + 2], fill: `${stroke}22` })
    lines.push({ ...edge, label: `${name}, high` }, { ...edge, label: `${name}, low` })
  }
  return {
    ...{ width, height, legend: { show: false }, cursor: { show: false }, scales: { x: { time: false } } },
    axes: [
      { ...axis, label: xName, labelSize: 24 },
      { ...axis, size: 64 },
    ],
    series: [{ label: xName }, ...lines],
    bands,
  }
}

/** A piece of a series' line, for its name. */
function sample(k: number): SVGElement {
  const space = 'http://www.w3.org/2000/svg'
  const image = document.createElementNS(space, 'svg')
  for (const [name, value] of Object.entries({ width: '36', height: '8', 'aria-hidden': 'true' })) {
    image.setAttribute(name, value)
  }
  const line = document.createElementNS(space, 'line')
  const at = { x1: '0', x2: '36', y1: '4', y2: '4', 'stroke-width': '2.5' }
  const look = { class: `series-${(k % dashes.length) + 1}`, 'stroke-dasharray': dashes[k % dashes.length]!.join(' ') }
  for (const [name, value] of Object.entries({ ...at, ...look })) line.setAttribute(name, value)
  image.append(line)
  return image
}
