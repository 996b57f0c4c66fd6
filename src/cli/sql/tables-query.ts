/** Tables and views with their columns and what each means; then macros, which have no columns. */
export const tablesQuery = `
select relation.name as "table", coalesce(relation.comment, '') as about, columns.column_name as "column",
  coalesce(shown.data_type, columns.data_type) as type, coalesce(columns.comment, '') as meaning
from (
  select schema_name, table_name as name, comment from duckdb_tables()
    where database_name = current_database() and schema_name = 'main'
  union all
  select schema_name, view_name as name, comment from duckdb_views()
    where database_name = current_database() and schema_name = 'main' and not internal
) as relation
join duckdb_columns() as columns on columns.table_name = relation.name and columns.schema_name = relation.schema_name
  and columns.database_name = current_database()
left join duckdb_columns() as shown on shown.table_name = relation.name and shown.column_name = columns.column_name
  and shown.database_name = 'temp'
order by relation.name, columns.column_index`

export const macrosQuery = `
select format('{}({})', function_name, array_to_string(parameters, ', ')) as macro, coalesce(comment, '') as about
from duckdb_functions() where not internal and database_name = current_database() and function_type in ('macro', 'table_macro')
order by function_type desc, function_name`
