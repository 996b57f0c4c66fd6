import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { failpoint } from '../failpoint.ts'
import { quote } from './table.ts'

/** The files that hold old events; none where there is no archive. */
export function archiveFiles(archive: string): string[] {
  return existsSync(archive) ? readdirSync(archive).filter(name => /^events-.*\.parquet$/.test(name)) : []
}

/** What SQL reads all of them by; only where there are any. */
export function allArchived(archive: string): string {
  return `read_parquet(${quote(join(archive, 'events-*.parquet'))})`
}

/** Write the rows of a query into an archive file: after a crash it is either what it was or what it is to be, and on disk when this resolves. */
export async function writeArchiveFile(connection: DuckDBConnection, path: string, query: string): Promise<void> {
  const partial = `${path}.partial`
  await connection.run(`COPY (${query} ORDER BY sequence) TO ${quote(partial)} (FORMAT parquet, COMPRESSION zstd)`)
  failpoint('fsync.before')
  sync(partial)
  failpoint('fsync.after')
  failpoint('rename.before')
  renameSync(partial, path)
  sync(dirname(path))
  failpoint('rename.after')
}

function sync(path: string): void {
  // Folders cannot be synced on Windows, nor need be.
  if (process.platform === 'win32' && !path.endsWith('.partial')) return
  const file = openSync(path, process.platform === 'win32' ? 'r+' : 'r')
  fsyncSync(file)
  closeSync(file)
}
