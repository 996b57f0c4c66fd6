import { closeSync, createReadStream, mkdtempSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { RecstreamError } from '../../errors.ts'
import type { QueryResult } from '../../warehouse/sql/query.ts'
import type { Asker } from './asker.ts'
import type { BinaryFormat } from './formats.ts'

/** Where an answer goes: a file, or stdout where there is none. */
type Target = string | undefined

/** Ask a query and write its rows as Arrow or Parquet; a file is there whole or not at all. */
export async function writeBinary(
  asker: Asker,
  sql: string,
  parameters: Record<string, string>,
  { format, target }: { format: BinaryFormat; target: Target },
): Promise<QueryResult> {
  if (target === undefined && process.stdout.isTTY) {
    throw new RecstreamError(
      'CONFIG_INVALID',
      `A terminal cannot show ${format}; name a file with --output, or send it on with "|" or ">".`,
    )
  }
  const folder = target === undefined ? mkdtempSync(join(tmpdir(), 'recstream-sql-')) : null
  const partial = folder === null ? `${target}-${process.pid}.partial` : join(folder, 'answer')
  const file = openSync(partial, 'w')
  try {
    const result = await asker.ask(sql, {
      parameters,
      as: format === 'arrow' ? { format } : { format, file: partial },
      onBytes: part => writeSync(file, part),
    })
    if (target === undefined) await pipeline(createReadStream(partial), process.stdout, { end: false })
    else renameSync(partial, target)
    return result
  } finally {
    closeSync(file)
    rmSync(folder ?? partial, { recursive: true, force: true })
  }
}
