import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { RecstreamError } from '../../errors.ts'
import { firstLine } from '../connect.ts'
import { recovery } from '../recovery-tables.ts'
import { quote } from '../table.ts'

/** What of DuckDB may read the copy: its format of 1.0. */
const format = 'v1.0.0'

/**
 * Copy a snapshot's tables and macros into a DuckDB file of the oldest format that DuckDB still reads; its size in bytes.
 *
 *     await exportSnapshot('…/snapshots/stopped-1.duckdb', 'shop.duckdb', { memoryMb: 512 })   // 5_255_168
 *
 * CONFIG_INVALID where there is a file of that name.
 */
export async function exportSnapshot(snapshot: string, path: string, limits: { memoryMb: number }): Promise<number> {
  const file = resolve(path)
  if (existsSync(file)) {
    throw new RecstreamError('CONFIG_INVALID', `There is a file ${path} already; give --export another name.`)
  }
  const partial = `${file}-${process.pid}.partial`
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: `${limits.memoryMb}MB`, threads: '2' })
  try {
    mkdirSync(dirname(file), { recursive: true })
    const connection = await instance.connect()
    await connection.run(`ATTACH ${quote(snapshot)} AS warehouse (READ_ONLY)`)
    await connection.run(`ATTACH ${quote(partial)} AS export (STORAGE_VERSION ${quote(format)})`)
    await connection.run('COPY FROM DATABASE warehouse TO export')
    // Only a restart reads it.
    await connection.run(`DROP SCHEMA export.${recovery} CASCADE`)
    await connection.run('DETACH export')
    connection.closeSync()
    chmodSync(partial, 0o600)
    renameSync(partial, file)
  } catch (error) {
    for (const each of [partial, `${partial}.wal`]) rmSync(each, { force: true })
    throw new RecstreamError('WAREHOUSE_FAILED', `The tables could not be copied to ${path}: ${firstLine(error)}`, {
      cause: error,
    })
  } finally {
    instance.closeSync()
  }
  return statSync(file).size
}
