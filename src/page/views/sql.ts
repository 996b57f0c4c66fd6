import { type Answers, askSql, type Table } from '../api.ts'
import { chart } from '../chart.ts'
import { fill, form, h, labelled, section } from '../dom.ts'
import { count, moment, shown } from '../format.ts'
import { table } from '../table.ts'
import { inPlace, tell, type View } from '../view.ts'

const first = `select date_trunc('day', time) as day, behaviour, count(*) as events,
  count(distinct user_id) as users, avg(reward) as reward
from events group by all order by day, events desc;`

// A view of a table's name is that table, as people see it.
const namesQuery = `
select name, min(kind), max(about) from (
  select table_name as name, 'table' as kind, coalesce(comment, '') as about from duckdb_tables()
    where not internal and schema_name = 'main'
  union all select view_name, 'view', coalesce(comment, '') from duckdb_views() where not internal) group by name order by name`

/** Rows that are drawn; a table of more is of no use to anybody's eyes. */
const drawn = 500

/** Any question, with a table and a plot. */
export const sql: View = {
  title: 'SQL',
  async show(place, _, signal) {
    const text = h('textarea', { spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off' }, first)
    const answer = h('div')
    let running: AbortController | null = null
    const run = () => {
      running?.abort()
      running = new AbortController()
      const ending = AbortSignal.any([signal, running.signal])
      fill(answer, h('p', { class: 'empty' }, 'Asking …'))
      return inPlace(answer, async () => {
        const answers = await askSql([text.value], { signal: ending })
        fill(answer, asOf(answers), ...answers.answers.map(resultOf))
        tell('The answer is there.')
      })
    }
    const stop = () => {
      running?.abort()
      fill(answer, h('p', { class: 'empty' }, 'Stopped.'))
    }
    text.addEventListener('keydown', event => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void run()
    })
    const field = labelled('Statements that only read; Ctrl+Enter runs them', text)
    field.classList.add('wide')
    const names = h('div')
    fill(
      place,
      form(
        () => void run(),
        field,
        h('button', { type: 'submit' }, 'Run'),
        h('button', { type: 'button', class: 'quiet', onclick: stop }, 'Stop'),
      ),
      answer,
      names,
    )
    await inPlace(names, async () => {
      const { answers } = await askSql([namesQuery], { signal })
      const rows = answers[0]!.rows.map(([name, kind, about]) => [shown(name), shown(kind), shown(about)])
      fill(
        names,
        section('What can be asked', table('Tables and views', ['Name', 'Kind', 'What it holds'], rows, 'None.')),
      )
    })
  },
}

function asOf({ asOf, ageMs }: Answers): HTMLElement {
  const what = asOf === null ? 'Before any event' : `As of event ${count(asOf.sequence)} (${moment(asOf.time)})`
  return h('p', { class: 'note' }, `${what}, read ${(ageMs / 1_000).toFixed(1)} s ago.`)
}

function resultOf(result: Table, k: number): HTMLElement {
  const { columns, rows, truncated } = result
  const numeric = columns.map(({ type }) => isNumber(type))
  const heads = columns.map(({ name }, at) => ({ name, right: numeric[at]! }))
  const more = truncated || rows.length > drawn ? `; the first ${count(Math.min(drawn, rows.length))} are shown` : ''
  return section(
    `Answer ${k + 1}`,
    table(
      `${count(rows.length)}${truncated ? ' and more' : ''} rows${more}`,
      heads,
      rows.slice(0, drawn).map(row => row.map(shown)),
      'No rows.',
    ),
    plotOf(result, numeric),
  )
}

/** Two columns as a plot, where there are numbers to draw. */
function plotOf({ columns, rows }: Table, numeric: readonly boolean[]): HTMLElement | null {
  const able = columns.flatMap(({ name }, at) => (numeric[at] ? [{ name, at }] : []))
  if (able.length === 0 || rows.length < 2) return null
  const options = (chosen: number) =>
    able.map(({ name, at }, k) => h('option', { value: at, selected: k === chosen }, name))
  const x = h('select', {}, h('option', { value: -1 }, 'row number'), ...options(able.length > 1 ? 0 : -1))
  const y = h('select', {}, ...options(able.length > 1 ? 1 : 0))
  const place = h('div')
  const draw = () => {
    const across = (row: unknown[], number: number) => (Number(x.value) < 0 ? number : Number(row[Number(x.value)]))
    const points = rows
      .map((row, number) => [across(row, number + 1), row[Number(y.value)]] as const)
      .filter(([at]) => Number.isFinite(at))
      .sort((a, b) => a[0] - b[0])
    const [xName, name] = [x, y].map(each => each.selectedOptions[0]!.text) as [string, string]
    const values = points.map(([, value]) => (value === null ? null : Number(value)))
    fill(
      place,
      chart({ caption: `${name} by ${xName}`, x: points.map(([at]) => at), xName, series: [{ name, values }] }),
    )
  }
  return h(
    'div',
    {},
    form(draw, labelled('Plot', y), labelled('by', x), h('button', { type: 'submit' }, 'Draw')),
    place,
  )
}

function isNumber(type: string): boolean {
  return /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)
}
