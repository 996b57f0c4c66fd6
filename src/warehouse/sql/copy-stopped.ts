import { existsSync, mkdirSync } from 'node:fs'
import { basename } from 'node:path'
import { openingError, refuseIfOpenHere } from '../connect.ts'
import { DuckDBInstance } from '../duckdb.ts'
import { copyWarehouse, removeOldCopies } from '../snapshots.ts'

/** A copy of a warehouse to ask. */
export interface Copy {
  path: string
  /** When its tables were what they are, ms since 1970. */
  asOf: number
}

/** Copy the file of a stopped pipeline, under a reader's lock: it keeps writers out, and is refused while one is in. */
export async function copyStopped(
  file: string,
  snapshots: string,
  copyOf: () => Copy,
  now: () => number,
): Promise<Copy> {
  refuseIfOpenHere(file)
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' }).catch((error: unknown) => {
    throw openingError(file, error)
  })
  try {
    mkdirSync(snapshots, { recursive: true })
    const copy = copyOf()
    if (existsSync(copy.path)) return copy
    await copyWarehouse(file, snapshots, basename(copy.path, '.duckdb'))
    removeOldCopies(snapshots, now())
    return copy
  } finally {
    instance.closeSync()
  }
}
