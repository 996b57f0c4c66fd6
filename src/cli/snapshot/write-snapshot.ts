import { extname } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import { bytes } from '../../records/words.ts'
import type { Layout } from '../../run/layout.ts'
import { shareSnapshots } from '../../run/shared-snapshots.ts'
import { snapshotOf } from '../../run/snapshot-of.ts'
import { exportSnapshot } from '../../warehouse/sql/export-snapshot.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import { jsonLine, say, writeLines } from '../print/write-lines.ts'
import { asOfWords } from '../sql/as-of.ts'

type SnapshotFormat = 'duckdb' | 'parquet' | 'parts'

export interface SnapshotOptions extends CommonOptions {
  pipeline?: string
  format?: SnapshotFormat
  memoryMb: number
}

/** Write all tables into a file or a folder, and say as of which event they are. */
export async function writeSnapshot(target: string, options: SnapshotOptions): Promise<void> {
  const format = options.format ?? formatOf(target)
  const { name, layout } = await choosePipeline(options.pipeline, options.data)
  if (format === 'parts') return shareParts(layout, { name, target, json: options.json === true })
  const copy = await snapshotOf(layout)
  if (copy.lacking !== null) say(copy.lacking)
  const exported = await exportSnapshot(copy.snapshot, target, { format, memoryMb: options.memoryMb })
  const what =
    format === 'duckdb'
      ? `are in ${target} (${bytes(exported.bytes)}), which DuckDB opens from 1.0 on`
      : `are Parquet files in ${target} (${bytes(exported.bytes)})`
  await writeLines([
    options.json
      ? jsonLine({ target, format, ...exported, writtenAt: new Date(copy.asOf).toISOString() })
      : `All tables ${what}: ${asOfWords(exported.asOf, Date.now() - copy.asOf)}.`,
  ])
}

/** Put what is here beside what other hosts write. */
async function shareParts(
  layout: Layout,
  { name, target, json }: { name: string; target: string; json: boolean },
): Promise<void> {
  const { bytes: size, asOf } = await shareSnapshots(layout, { name, folder: target })
  const written = { target, format: 'parts', bytes: size, writtenAt: new Date(asOf).toISOString() }
  const sentence = `The tables of every part here are in ${target} (${bytes(size)}), for \`recstream sql --snapshots ${target}\`.`
  await writeLines([json ? jsonLine(written) : sentence])
}

function formatOf(target: string): SnapshotFormat {
  const ending = extname(target).toLowerCase()
  if (['.duckdb', '.db', '.ddb'].includes(ending)) return 'duckdb'
  if (ending === '') return 'parquet'
  throw new RecstreamError(
    'CONFIG_INVALID',
    `What "${ending}" is to be is not clear: end the name in .duckdb, name a folder, or give --format.`,
  )
}
