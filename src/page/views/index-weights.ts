import type { Table } from '../api.ts'
import { chart, type Series } from '../chart.ts'
import { section } from '../dom.ts'
import { decimal } from '../format.ts'

/** Weights by version, oldest first: an arm, a feature and its weight a row. */
export const indexQuery = `
select distinct version, policy, metric[7:], value from scores
where version in (select distinct version from models order by version desc limit 150) and starts_with(metric, 'index.')
order by version`

/** In the order of an index. */
const order = ['rating', 'popularity', 'fatigue', 'quick fatigue', 'slow fatigue', 'interest', 'newness']

/** How the weights of each arm's index moved over versions; nothing where no arm's agent has one. */
export function indexSections({ rows }: Table): HTMLElement[] {
  const all = rows.map(([version, arm, name, value]) => {
    return { version: Number(version), arm: String(arm), name: String(name), value: Number(value) }
  })
  return [...new Set(all.map(({ arm }) => arm))].map(arm => {
    const own = all.filter(each => each.arm === arm)
    const x = [...new Set(own.map(({ version }) => version))]
    const names = [...new Set(own.map(({ name }) => name))].filter(name => name !== 'serves')
    const series = names
      .toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
      .map((name): Series => {
        const values = new Map(own.filter(each => each.name === name).map(({ version, value }) => [version, value]))
        return { name, values: x.map(version => values.get(version) ?? null) }
      })
    const newest = own.find(({ version, name }) => version === x.at(-1) && name === 'serves')
    const now =
      newest?.value === 0
        ? ' By the newest version the rating alone serves: with these weights it went surely worse.'
        : ''
    const caption = `What each feature of an item counts where ${arm} ranks, by version, without the noise of exploration.${now}`
    return section(`Index of ${arm}`, chart({ caption, x, xName: 'version', series, show: value => decimal(value, 3) }))
  })
}
