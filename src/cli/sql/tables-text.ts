import { colours, table } from '../print/table.ts'

/** Tables and views with their columns and what each means. */
export const tablesQuery = `
select relation.name as "table", coalesce(relation.comment, '') as about, columns.column_name as "column",
  columns.data_type as type, coalesce(columns.comment, '') as meaning
from (
  select schema_name, table_name as name, comment from duckdb_tables() where not internal
  union all
  select schema_name, view_name as name, comment from duckdb_views() where not internal
) as relation
join duckdb_columns() as columns on columns.table_name = relation.name and columns.schema_name = relation.schema_name
order by relation.name, columns.column_index`

/** The answer to `tablesQuery` for a person. */
export function tablesText(rows: readonly (readonly string[])[]): string {
  const { bold } = colours()
  const tables = new Map<string, readonly string[][]>()
  for (const [name, ...rest] of rows) tables.set(name!, [...(tables.get(name!) ?? []), rest])
  return [...tables]
    .map(([name, columns]) => {
      const cells = columns.map(([, column, type, meaning]) => [column!, type!, meaning!])
      return `${bold(name)}: ${columns[0]![0]}\n${table(['column', 'type', 'meaning'], cells, { indent: 2 })}`
    })
    .join('\n\n')
}
