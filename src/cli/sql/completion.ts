import type { Asker } from './asker.ts'

const keywords =
  'select from where group by order having limit offset distinct join left right full inner cross on using union all except intersect with recursive as case when then else end and or not in is null like ilike between exists asc desc qualify window over partition filter values describe show summarize pivot unpivot explain analyze count sum avg min max median list unnest date_trunc coalesce cast interval true false'.split(
    ' ',
  )

const namesQuery = `
select distinct name from (
  select table_name as name from duckdb_tables() where not internal and schema_name = 'main'
  union all select view_name from duckdb_views() where not internal
  union all select column_name from duckdb_columns() where not internal and schema_name = 'main'
  union all select function_name || '(' from duckdb_functions() where not internal and function_type in ('macro', 'table_macro')
) order by name`

/** Names of tables, columns and macros, the latter with their parenthesis. */
export async function namesIn(asker: Asker): Promise<string[]> {
  return (await asker.ask(namesQuery)).rows.map(([name]) => name as string)
}

/**
 * What may stand where a line ends, and the part of it that stands there already; for readline.
 *
 *     completions('select user_', ['user_id', 'users'], [])   // [['user_id'], 'user_']
 */
export function completions(
  line: string,
  names: readonly string[],
  commands: readonly string[],
): [found: string[], of: string] {
  const command = /^\s*(\.\w*)$/.exec(line)?.[1]
  if (command !== undefined) return [commands.filter(name => name.startsWith(command)), command]
  const word = /[A-Za-z_]\w*$/.exec(line)?.[0] ?? ''
  if (word === '') return [names.filter(name => !name.endsWith('(')), '']
  const low = word.toLowerCase()
  const found = names.filter(name => name.toLowerCase().startsWith(low))
  const words = keywords.filter(name => name.startsWith(low) && !names.includes(name))
  const written = word === word.toUpperCase() && word !== low ? words.map(name => name.toUpperCase()) : words
  return [[...found, ...written], word]
}
