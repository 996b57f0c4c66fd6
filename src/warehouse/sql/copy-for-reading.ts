import { existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { RecstreamError } from '../../errors.ts'
import { openingError, refuseIfOpenHere } from '../connect.ts'
import { copyWarehouse, removeOldCopies } from '../snapshots.ts'

/**
 * A snapshot for `runQuery` while the pipeline is stopped; its path. The same one again while the file stays the same.
 *
 * WAREHOUSE_LOCKED when a pipeline runs: then it must be asked, because only the owner can copy. While the file is
 * copied (about a second a gigabyte) a pipeline that starts is refused.
 */
export async function copyForReading(options: {
  file: string
  snapshots: string
  now?: () => number
}): Promise<string> {
  const { file, snapshots, now = Date.now } = options
  if (!existsSync(file)) {
    throw new RecstreamError('SOURCE_MISSING', `There is no warehouse at ${file}; run the pipeline first.`)
  }
  refuseIfOpenHere(file)
  // A reader's lock: it keeps writers out, and is refused while one is in.
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' }).catch((error: unknown) => {
    throw openingError(file, error)
  })
  try {
    const name = `stopped-${stamp(file)}-${stamp(`${file}.wal`)}`
    mkdirSync(snapshots, { recursive: true })
    const known = join(snapshots, `${name}.duckdb`)
    if (existsSync(known)) return known
    const path = await copyWarehouse(file, snapshots, name)
    removeOldCopies(snapshots, now())
    return path
  } finally {
    instance.closeSync()
  }
}

function stamp(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined ? '0' : `${stats.size}-${Math.floor(stats.mtimeMs)}`
}
