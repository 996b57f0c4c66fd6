import { askSql, type Table } from '../api.ts'
import { chart, type Series } from '../chart.ts'
import { type Child, fill, h, section } from '../dom.ts'
import { count, decimal, percent } from '../format.ts'
import { shareInterval } from '../interval.ts'
import { table } from '../table.ts'
import type { View } from '../view.ts'

const statements = [
  `select distinct version, policy, metric, value, events from scores
   where version in (select distinct version from models order by version desc limit 150)
     and metric in ('auc', 'rmse', 'served.hr10', 'recent.hr10') order by version, policy, metric`,
  // A list hits where its user goes for an item of it before the next list.
  `with lists as (select recommendation_id, user_id, sequence from recommendations where rank = 1),
   hits as (
     select distinct lists.recommendation_id, event.item_id
     from events as event asof join lists on event.user_id = lists.user_id and event.sequence > lists.sequence)
   select rank, count(*) as lists, count(hits.item_id) as hits
   from recommendations left join hits using (recommendation_id, item_id) group by rank order by rank`,
]

interface Score {
  version: number
  policy: string
  metric: string
  value: number
  events: number
}

/** What is served, and how well. */
export const served: View = {
  title: 'What is served',
  async show(place, _, signal) {
    const { answers } = await askSql(statements, { signal })
    const scores = scoresOf(answers[0]!)
    fill(place, live(scores), listCurves(scores), policyCurves(scores), places(answers[1]!))
  },
}

function scoresOf({ rows }: Table): Score[] {
  return rows.map(([version, policy, metric, value, events]) => ({
    version: Number(version),
    policy: String(policy),
    metric: String(metric),
    value: Number(value),
    events: Number(events),
  }))
}

function live(scores: readonly Score[]): HTMLElement {
  const newest = scores.at(-1)?.version
  const now = scores.filter(({ version }) => version === newest)
  const all = now.filter(({ metric }) => metric === 'served.hr10')
  const rows = all.map(({ policy: arm, value, events }): Child[] => {
    const recent = now.find(({ policy, metric }) => policy === arm && metric === 'recent.hr10')
    return [
      arm,
      count(events),
      rate(value, events),
      count(recent?.events),
      rate(recent?.value ?? 0, recent?.events ?? 0),
    ]
  })
  return section(
    'Live hit rates',
    table(
      'How often what people went for stood among the first ten of their list, with 95% intervals',
      ['Arm', ...['Events', 'Hit rate', 'Events of the last day', 'Its hit rate'].map(name => ({ name, right: true }))],
      rows,
      'No list has been answered in a version yet; the first version comes after learn.checkpointEvery events.',
    ),
  )
}

function rate(share: number, cases: number): string {
  if (cases === 0) return '–'
  const [low, high] = shareInterval(share, cases)
  return `${percent(share)} (${percent(low)} to ${percent(high)})`
}

function listCurves(scores: readonly Score[]): HTMLElement | null {
  const lists = scores.filter(({ metric }) => metric === 'served.hr10')
  const curves = curvesOf(lists, ({ value, events }) => shareInterval(value, events))
  if (curves.x.length < 2) return null
  const caption = 'Hit rate of the lists of each arm by version, with 95% intervals'
  return section('Lists over time', chart({ caption, xName: 'version', ...curves, show: percent }))
}

function policyCurves(scores: readonly Score[]): HTMLElement | null {
  const metric = scores.some(each => each.metric === 'auc') ? 'auc' : 'rmse'
  const curves = curvesOf(scores.filter(each => each.metric === metric))
  if (curves.x.length < 2) return null
  const words =
    metric === 'auc' ? 'area under the curve, more is better' : 'root of the mean squared error, less is better'
  const caption = `How well each policy foretold events before it learned from them: ${words}`
  return section('Policies over time', chart({ caption, xName: 'version', ...curves, show: value => decimal(value) }))
}

/** A curve for each policy over the versions. */
function curvesOf(
  scores: readonly Score[],
  interval: ((score: Score) => [number, number]) | null = null,
): { x: number[]; series: Series[] } {
  const x = [...new Set(scores.map(({ version }) => version))]
  const series = [...new Set(scores.map(({ policy }) => policy))].map((name): Series => {
    const own = new Map(scores.filter(({ policy }) => policy === name).map(score => [score.version, score]))
    const along = <T>(of: (score: Score) => T) => x.map(version => (own.has(version) ? of(own.get(version)!) : null))
    const values = along(({ value }) => value)
    if (interval === null) return { name, values }
    return { name, values, band: { low: along(each => interval(each)[0]), high: along(each => interval(each)[1]) } }
  })
  return { x, series }
}

function places({ rows }: Table): HTMLElement {
  return section(
    'By place',
    table(
      'Of the lists, how many had at this place what their user went for before the next list, with 95% intervals',
      [{ name: 'Place', right: true }, ...['Lists', 'Hits', 'Hit rate'].map(name => ({ name, right: true }))],
      rows.map(([rank, lists, hits]) => [
        ...[String(rank), count(lists), count(hits)],
        rate(Number(hits) / Number(lists), Number(lists)),
      ]),
      'No list has been made yet.',
    ),
    rows.length === 0
      ? null
      : h('p', { class: 'note' }, 'People also come by other ways than lists: it is no share of clicks.'),
  )
}
