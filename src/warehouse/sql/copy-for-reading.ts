import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import type { Copy } from './copy-stopped.ts'

/**
 * A snapshot for `runQuery` while the pipeline is stopped. The same one again while the file stays the same.
 *
 * WAREHOUSE_LOCKED when a pipeline runs: then it must be asked, because only the owner can copy. While the file is
 * copied (about a second a gigabyte) a pipeline that starts is refused.
 */
export async function copyForReading(options: { file: string; snapshots: string; now?: () => number }): Promise<Copy> {
  const { file, snapshots, now = Date.now } = options
  if (!existsSync(file)) {
    throw new RecstreamError('SOURCE_MISSING', `There is no warehouse at ${file}; run the pipeline first.`)
  }
  const known = copyOf(file, snapshots)
  // What is written to the tables stands in the file or its log at once, so a copy of these is what they hold.
  if (existsSync(known.path)) return known
  // Only a new copy needs DuckDB, which takes longer to load than all else here.
  const { copyStopped } = await import('./copy-stopped.ts')
  return copyStopped(file, snapshots, () => copyOf(file, snapshots), now)
}

/** Where the copy of the file as it is lies or would lie. */
function copyOf(file: string, snapshots: string): Copy {
  const parts = [file, `${file}.wal`].map(path => statSync(path, { throwIfNoEntry: false }))
  const stamps = parts.map(stats => (stats === undefined ? '0' : `${stats.size}-${Math.floor(stats.mtimeMs)}`))
  const path = join(snapshots, `stopped-${stamps.join('-')}.duckdb`)
  return { path, asOf: Math.max(...parts.map(stats => stats?.mtimeMs ?? 0)) }
}
