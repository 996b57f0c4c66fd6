import { colours } from '../print/colours.ts'
import { table } from '../print/table.ts'

/** Tables and views with their columns and what each means; then macros, which have no columns. */
export const tablesQuery = `
select relation.name as "table", coalesce(relation.comment, '') as about, columns.column_name as "column",
  columns.data_type as type, coalesce(columns.comment, '') as meaning
from (
  select schema_name, table_name as name, comment from duckdb_tables() where not internal and schema_name = 'main'
  union all
  select schema_name, view_name as name, comment from duckdb_views() where not internal
) as relation
join duckdb_columns() as columns on columns.table_name = relation.name and columns.schema_name = relation.schema_name
order by relation.name, columns.column_index`

export const macrosQuery = `
select format('{}({})', function_name, array_to_string(parameters, ', ')) as macro, coalesce(comment, '') as about
from duckdb_functions() where not internal and function_type in ('macro', 'table_macro')
order by function_type desc, function_name`

/** The answers to `tablesQuery` and `macrosQuery` for a person. */
export function tablesText(rows: readonly (readonly string[])[], macros: readonly (readonly string[])[]): string {
  const { bold } = colours()
  const tables = new Map<string, readonly string[][]>()
  for (const [name, ...rest] of rows) tables.set(name!, [...(tables.get(name!) ?? []), rest])
  const described = [...tables].map(([name, columns]) => {
    const cells = columns.map(([, column, type, meaning]) => [column!, type!, meaning!])
    return `${bold(name)}: ${columns[0]![0]}\n${table(['column', 'type', 'meaning'], cells, { indent: 2 })}`
  })
  const called = macros.map(([macro, about]) => `${bold(macro!)}: ${about}`)
  return [...described, ...called].join('\n\n')
}
