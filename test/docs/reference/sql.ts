import { macrosQuery, tablesQuery } from '../../../src/cli/sql/tables-query.ts'
import { runQuery } from '../../../src/warehouse/sql/run-query.ts'

/** The page of tables, views and macros: what `recstream sql` without a query lists of a snapshot. */
export async function sqlPage(snapshot: string): Promise<string> {
  const columns = (await runQuery({ snapshot, sql: tablesQuery })).rows.map(row => row.map(String))
  const macros = (await runQuery({ snapshot, sql: macrosQuery })).rows.map(row => row.map(String))
  const tables = new Set(columns.map(([table]) => table!))
  const described = [...tables].map(
    table => `## ${table}

${columns.find(([name]) => name === table)![1]}

| Column | Type | Meaning |
|---|---|---|
${columns
  .filter(([name]) => name === table)
  .map(([, , column, type, meaning]) => `| \`${column}\` | ${type} | ${cell(meaning!)} |`)
  .join('\n')}
`,
  )
  return `# Tables and macros

Everything that a pipeline keeps is in these tables, and \`npx recstream sql\` without a query lists them. How to ask: [SQL](../guide/sql.md).

${described.join('\n')}
## Macros

| Macro | What it gives |
|---|---|
${macros.map(([macro, about]) => `| \`${macro}\` | ${cell(about!)} |`).join('\n')}
`
}

function cell(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('|', '\\|')
}
