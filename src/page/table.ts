import { type Child, h } from './dom.ts'

export interface Column {
  name: string
  /** Numbers stand at the right. */
  right?: boolean
}

/** A table under its caption; where there are no rows, words instead. The first column names the row. */
export function table(
  caption: string,
  columns: readonly (Column | string)[],
  rows: readonly (readonly Child[])[],
  empty: string,
): HTMLElement {
  if (rows.length === 0) return h('p', { class: 'empty' }, empty)
  const all = columns.map(column => (typeof column === 'string' ? { name: column, right: false } : column))
  const side = (k: number) => (all[k]?.right ? { class: 'number' } : {})
  const head = h('tr', {}, ...all.map(({ name }, k) => h('th', { scope: 'col', ...side(k) }, name)))
  const body = rows.map(row =>
    h(
      'tr',
      {},
      ...row.map((cell, k) => (k === 0 ? h('th', { scope: 'row', ...side(k) }, cell) : h('td', side(k), cell))),
    ),
  )
  // Who has no mouse scrolls a wide table by the keys.
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    h('table', {}, h('caption', {}, h('span', {}, caption)), h('thead', {}, head), h('tbody', {}, ...body)),
  )
}

/** Names with their values. */
export function facts(of: readonly (readonly [name: string, value: Child])[]): HTMLElement {
  return h('dl', {}, ...of.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))))
}

export function personLink(id: unknown): HTMLElement {
  return h('a', { href: `#/people/${encodeURIComponent(String(id))}` }, String(id))
}

/** An item by its title, where it has one. */
export function itemLink(id: unknown, title?: unknown): HTMLElement {
  const named = title === null || title === undefined || title === '' ? String(id) : `${title} (${id})`
  return h('a', { href: `#/items/${encodeURIComponent(String(id))}` }, named)
}
