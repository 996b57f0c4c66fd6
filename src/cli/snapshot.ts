import { type Command, Option } from 'commander'
import { wholeNumber, withCommonOptions, withPipelineOption } from './common-options.ts'
import type { SnapshotOptions } from './snapshot/write-snapshot.ts'

export function addSnapshot(program: Command): void {
  const command = program
    .command('snapshot')
    .summary('copy all tables for other programs')
    .description(
      'Copy all tables, as of one event, into a DuckDB file or a folder of Parquet files, whether the pipeline runs or not.',
    )
    .argument(
      '<target>',
      'a DuckDB file that ends in .duckdb or .db, or a folder for Parquet files; neither may be there. With --format parts a folder, new or not',
    )
  withPipelineOption(command)
    .addOption(
      new Option('--format <format>', 'what to write (default: what the target’s ending says)').choices([
        'duckdb',
        'parquet',
        'parts',
      ]),
    )
    .option('--memory-mb <MiB>', 'memory that it may take', wholeNumber(64, 1_048_576), 1024)
  withCommonOptions(command, 'print what was written as one JSON object')
    .addHelpText(
      'after',
      `
The file is one that DuckDB opens from version 1.0 on: in Python, in a notebook, in DBeaver, with DuckDB's own shell and UI.
It has the macros, too. With --format parts a folder gets one file for each part of ingest that is here, in place of older
ones, for "recstream sql --snapshots" on any host that sees the folder. Whoever may open it may read all that is kept of people: only you may, until you change that.

Examples:
  $ npx recstream snapshot shop.duckdb
  $ npx recstream snapshot shop-tables -p shop
  $ npx recstream snapshot /mnt/shop --format parts
  $ python -c "import duckdb; print(duckdb.connect('shop.duckdb', read_only=True).sql('from scores limit 5'))"`,
    )
    .action(async (target: string, options: SnapshotOptions) => {
      const { writeSnapshot } = await import('./snapshot/write-snapshot.ts')
      await writeSnapshot(target, options)
    })
}
