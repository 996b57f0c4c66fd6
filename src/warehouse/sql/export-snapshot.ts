import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { RecstreamError } from '../../errors.ts'
import { firstLine } from '../connect.ts'
import { DuckDBInstance } from '../duckdb.ts'
import { recovery } from '../recovery-tables.ts'
import { quote } from '../table.ts'
import { readingStatements, tables } from '../tables.ts'
import { newestEvent } from './newest-event.ts'
import type { AsOf, PartCopy, Snapshot } from './query.ts'
import { typedRows, typingStatements } from './typed-columns.ts'
import { inOrder, meaningsOfParts, shortLengthOf, uniteParts } from './unite-parts.ts'

/** What of DuckDB may read the copy: its format of 1.0. */
const storageVersion = 'v1.0.0'

/** What was exported: its size, and its newest event. */
export interface Exported {
  bytes: number
  asOf: AsOf | null
}

/**
 * Copy a snapshot's tables, those of several parts as one, into a DuckDB file of the oldest format that DuckDB still reads,
 * macros and the view too, or into a folder of Parquet files, one a table.
 *
 *     await exportSnapshot('…/snapshots/stopped-1.duckdb', 'shop.duckdb', { format: 'duckdb', memoryMb: 512 })
 *     // { bytes: 5_255_168, asOf: { sequence: 45_120, time: 1651965111000 } }
 *
 * It is there whole or not at all. CONFIG_INVALID where there is something of that name.
 */
export async function exportSnapshot(
  snapshot: Snapshot,
  path: string,
  { format, memoryMb }: { format: 'duckdb' | 'parquet'; memoryMb: number },
): Promise<Exported> {
  const target = resolve(path)
  if (existsSync(target)) {
    throw new RecstreamError('CONFIG_INVALID', `There is something called ${path} already; give another name.`)
  }
  const partial = `${target}-${process.pid}.partial`
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: `${memoryMb}MB`, threads: '2' })
  try {
    mkdirSync(dirname(target), { recursive: true })
    const connection = await instance.connect()
    const write = typeof snapshot === 'string' ? ofOne(snapshot) : ofParts(snapshot)
    const asOf = await write[format](connection, partial)
    connection.closeSync()
    renameSync(partial, target)
    return { bytes: sizeOf(target), asOf }
  } catch (error) {
    for (const each of [partial, `${partial}.wal`]) rmSync(each, { recursive: true, force: true })
    throw new RecstreamError('WAREHOUSE_FAILED', `The tables could not be copied to ${path}: ${firstLine(error)}`, {
      cause: error,
    })
  } finally {
    instance.closeSync()
  }
}

type Write = (connection: DuckDBConnection, target: string) => Promise<AsOf | null>

function ofOne(snapshot: string): Record<'duckdb' | 'parquet', Write> {
  const open = async (connection: DuckDBConnection) => {
    await connection.run(`ATTACH ${quote(snapshot)} AS warehouse (READ_ONLY)`)
    return newestEvent(connection, 'warehouse.main')
  }
  return {
    async duckdb(connection, file) {
      const asOf = await open(connection)
      await writeDatabase(connection, file, async () => {
        await connection.run('COPY FROM DATABASE warehouse TO export')
        for (const statement of typingStatements('export')) await connection.run(statement)
        // Only a restart reads it.
        await connection.run(`DROP SCHEMA export.${recovery} CASCADE`)
      })
      return asOf
    },
    async parquet(connection, folder) {
      const asOf = await open(connection)
      await writeParquetFiles(connection, folder, name => typedRows(name, 'warehouse'))
      return asOf
    },
  }
}

function ofParts(copies: readonly PartCopy[]): Record<'duckdb' | 'parquet', Write> {
  return {
    async duckdb(connection, file) {
      const asOf = await uniteParts(connection, copies)
      const length = await shortLengthOf(connection, copies[0]!)
      await writeDatabase(connection, file, async () => {
        for (const { name } of tables) await connection.run(`CREATE TABLE export.main.${name} AS FROM ${name}`)
        await connection.run('USE export')
        await connection.run([...readingStatements(length, inOrder), ...meaningsOfParts('TABLE')].join(';\n'))
        await connection.run('USE memory')
      })
      return asOf
    },
    async parquet(connection, folder) {
      const asOf = await uniteParts(connection, copies)
      await writeParquetFiles(connection, folder, name => `FROM ${name}`)
      return asOf
    },
  }
}

async function writeDatabase(connection: DuckDBConnection, file: string, write: () => Promise<void>): Promise<void> {
  await connection.run(`ATTACH ${quote(file)} AS export (STORAGE_VERSION ${quote(storageVersion)})`)
  await write()
  await connection.run('DETACH export')
  chmodSync(file, 0o600)
}

async function writeParquetFiles(
  connection: DuckDBConnection,
  folder: string,
  rowsOf: (table: string) => string,
): Promise<void> {
  mkdirSync(folder, { mode: 0o700 })
  for (const { name } of tables) {
    const file = join(folder, `${name}.parquet`)
    await connection.run(`COPY (${rowsOf(name)}) TO ${quote(file)} (FORMAT parquet, COMPRESSION zstd)`)
    chmodSync(file, 0o600)
  }
}

function sizeOf(path: string): number {
  const stats = statSync(path)
  if (!stats.isDirectory()) return stats.size
  return readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0)
}
