import { type Command, InvalidArgumentError } from 'commander'
import { wholeNumber, withCommonOptions, withPipelineOption } from './common-options.ts'
import type { SqlOptions } from './sql/ask-warehouse.ts'

export function addSql(program: Command): void {
  const command = program
    .command('sql')
    .summary('ask the warehouse in SQL')
    .description(
      'Ask the warehouse in SQL, whether the pipeline runs or not; without a query, list its tables and macros.',
    )
    .argument('[query]', 'one SELECT, in DuckDB’s dialect')
  withPipelineOption(command)
    .option('--csv', 'print CSV, control characters replaced (--json keeps them, escaped)')
    .option('--export <file>', 'copy all tables into a DuckDB file that DuckDB opens from version 1.0 on')
    .option('--memory-mb <MiB>', 'memory that the query may take', wholeNumber(64, 1_048_576), 1024)
    .option('--seconds <s>', 'time that it may take', seconds, 60)
    .option('--max-rows <rows>', 'rows that it may return', wholeNumber(1, 10_000_000), 10_000)
  withCommonOptions(command, 'print the rows as one JSON array of objects')
    .addHelpText(
      'after',
      `
A query reads a copy of the tables, so it can neither change nor hold up the pipeline.

Examples:
  $ npx recstream sql
  $ npx recstream sql "select policy, value from scores where metric = 'rmse' order by version desc, value limit 4"
  $ npx recstream sql --csv "select user_id, item_id, score, reason from recommendations limit 100" > lists.csv
  $ npx recstream sql --export shop.duckdb`,
    )
    .action(async (query: string | undefined, options: SqlOptions) => {
      const { askWarehouse } = await import('./sql/ask-warehouse.ts')
      await askWarehouse(query, options)
    })
}

function seconds(text: string): number {
  const value = Number(text)
  if (value > 0 && value <= 86_400) return value
  throw new InvalidArgumentError('It must be a number of seconds above 0, at most 86,400.')
}
