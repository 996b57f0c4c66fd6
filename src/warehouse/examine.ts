import type { DuckDBConnection } from '@duckdb/node-api'
import { openingError, refuseIfOpenHere } from './connect.ts'
import { damagedPart, damageWords, otherPipeline, readAll } from './damage.ts'
import { DuckDBInstance } from './duckdb.ts'
import { newest, oneNumber } from './restore.ts'

/** What a look at a stopped pipeline's warehouse found. */
export interface Examined {
  /** Why the next start will set it aside, in words; null where it is whole, and this pipeline's. */
  unusable: string | null
  /** The newest row; 0 where it cannot be used. */
  sequence: number
}

/**
 * Read all of a warehouse without changing it. WAREHOUSE_LOCKED while a pipeline runs; other errors where it cannot be
 * opened for another reason than damage.
 */
export async function examineWarehouse(file: string, pipeline: string): Promise<Examined> {
  refuseIfOpenHere(file)
  let instance: DuckDBInstance | undefined
  try {
    instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY', memory_limit: '512MB', threads: '2' })
    const connection = await instance.connect()
    try {
      await readAll(connection)
      // Its first transaction stood in a write-ahead log that is gone.
      if (await isBare(connection)) return { unusable: null, sequence: 0 }
      const other = await otherPipeline(connection, pipeline)
      if (other !== null) return { unusable: `it is that of the pipeline ${other}`, sequence: 0 }
      return { unusable: null, sequence: (await newest(connection)).sequence }
    } finally {
      connection.closeSync()
    }
  } catch (error) {
    if (damagedPart(error) !== null) return { unusable: damageWords(error), sequence: 0 }
    throw openingError(file, error)
  } finally {
    instance?.closeSync()
  }
}

async function isBare(connection: DuckDBConnection): Promise<boolean> {
  return (await oneNumber(connection, 'SELECT count(*)::DOUBLE FROM duckdb_tables() WHERE NOT internal')) === 0
}
