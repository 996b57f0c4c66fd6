import { type Command, InvalidArgumentError, Option } from 'commander'
import { belowNormal } from '../warehouse/sql/below-normal.ts'
import { wholeNumber, withCommonOptions, withPipelineOption } from './common-options.ts'
import type { SqlOptions } from './sql/begin-session.ts'

const formats = ['table', 'csv', 'json', 'jsonl', 'markdown', 'parquet', 'arrow']

export function addSql(program: Command): void {
  const command = program
    .command('sql')
    .summary('ask the warehouse in SQL')
    .description(
      'Ask the warehouse in SQL, whether the pipeline runs or not. Without a query it is a shell on a terminal, reads queries from what is piped into it, and else lists tables and macros.',
    )
    .argument('[query]', 'SELECTs in DuckDB’s dialect, separated by ";"; "-" reads them from stdin')
  withPipelineOption(command)
    .option('--file <file>', 'read the queries from a file')
    .option(
      '--snapshots <folder>',
      'ask what hosts have written there with `snapshot --format parts`, in place of the data folder',
    )
    .option('--param <name=value>', 'what $name stands for in the queries; repeatable', collectParameter, {})
    .addOption(
      new Option(
        '--format <format>',
        'how rows are written (default: what the ending of --output says, or table)',
      ).choices(formats),
    )
    .option('-o, --output <file>', 'write the rows into a file')
    .option('--plot <x y...>', 'plot two columns in place of a table')
    .option('--memory-mb <MiB>', 'memory that a query may take', wholeNumber(64, 1_048_576), 1024)
    .option('--seconds <s>', 'time that each may take', seconds, 60)
    .option(
      '--max-rows <rows>',
      'rows that each may return (default: 10,000, as Parquet or Arrow 1,000,000)',
      wholeNumber(1, 10_000_000),
    )
  withCommonOptions(command, 'print the rows as one JSON array of objects; the same as --format json')
    .addHelpText(
      'after',
      `
A query reads a copy of the tables, so it can neither change nor hold up the pipeline; it reaches no file and no network.
Each answer says as of which event it is, and how old: below a table, else on stderr. CSV has control characters replaced,
JSON keeps them, escaped. In the shell, .help says what can be said, and Tab completes tables, columns and macros.

Examples:
  $ npx recstream sql
  $ npx recstream sql "select policy, value from scores where metric = 'rmse' order by version desc, value limit 4"
  $ npx recstream sql 'from events where user_id = $user limit 5' --param user=5417
  $ npx recstream sql --file questions.sql --format markdown
  $ npx recstream sql --snapshots /mnt/shop "select count(*) from events"
  $ npx recstream sql "select user_id, item_id, score, reason from recommendations" -o lists.parquet
  $ npx recstream sql "select version, value from scores where policy = 'bias' and metric = 'rmse'" --plot version value`,
    )
    .action(async (query: string | undefined, options: SqlOptions) => {
      belowNormal(0)
      const { beginSession } = await import('./sql/begin-session.ts')
      const begun = beginSession(options)
      try {
        const { askWarehouse } = await import('./sql/ask-warehouse.ts')
        await askWarehouse(query, options, begun)
      } finally {
        begun.session.close()
      }
    })
}

function collectParameter(text: string, before: Record<string, string>): Record<string, string> {
  const [name, ...value] = text.split('=')
  if (value.length > 0 && /^[A-Za-z_]\w*$/.test(name!)) return { ...before, [name!]: value.join('=') }
  throw new InvalidArgumentError('Give a name and its value, such as user=ann.')
}

function seconds(text: string): number {
  const value = Number(text)
  if (value > 0 && value <= 86_400) return value
  throw new InvalidArgumentError('It must be a number of seconds above 0, at most 86,400.')
}
