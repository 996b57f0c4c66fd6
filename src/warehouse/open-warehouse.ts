import { RecstreamError } from '../errors.ts'
import type { Warehouse } from '../records/warehouse.ts'
import { openingError } from './connect.ts'
import { damagedPart, damageWords, otherPipeline, type Part, readAll } from './damage.ts'
import { DuckDbWarehouse, defaultShortLength, openFile, type WarehouseOptions } from './duckdb-warehouse.ts'
import { orderLanded } from './recovery-tables.ts'
import { newest } from './restore.ts'
import { dropUnfinished } from './retention.ts'
import { ensureSchema } from './schema.ts'
import { setAside } from './set-aside.ts'

/**
 * Open the warehouse, making it if it is not there.
 *
 *     const warehouse = await openWarehouse(layoutOf('.recstream', 'movielens')) // file, snapshots, archive
 *
 * One process holds the file, for as long as it is open: a second gets WAREHOUSE_LOCKED. Nothing else in the holding
 * process may open the file, not even to read it: closing it again would give up the lock (POSIX locks are like that).
 *
 * All of it is read first: what is damaged is set aside beside it, its write-ahead log alone where only that is, and the log
 * has everything to build it again from.
 */
export async function openWarehouse(options: WarehouseOptions): Promise<Warehouse> {
  for (let tries = 0; ; tries++) {
    try {
      return await openWhole(options)
    } catch (error) {
      const part = partToSetAside(error)
      // Its log, the file, and once more: what is damaged as soon as it is made is for a person.
      if (part === null || tries === 3) throw error
      tellSetAside(options, part, (error as Error).cause)
    }
  }
}

/** Close a warehouse that is not this pipeline's, set it aside, and open a new one. */
export async function replaceWarehouse(warehouse: Warehouse, options: WarehouseOptions): Promise<Warehouse> {
  await warehouse.close()
  tellSetAside(options, 'file', new Error('it was filled from other topics of these names'))
  return openWarehouse(options)
}

async function openWhole(options: WarehouseOptions): Promise<Warehouse> {
  const database = await openFile(options)
  try {
    const writer = await database.connect()
    await readAll(writer)
    await ensureSchema(writer, options.shortLength ?? defaultShortLength)
    const other = options.pipeline === undefined ? null : await otherPipeline(writer, options.pipeline)
    if (other !== null) throw new OtherPipeline(`it is that of the pipeline ${other}`)
    await dropUnfinished(writer, options.archive)
    const { recommendationSequence, version } = await newest(writer)
    const order = await orderLanded(writer)
    return new DuckDbWarehouse(options, database, writer, { recommendationSequence, version, order })
  } catch (error) {
    database.close()
    throw error instanceof RecstreamError ? error : openingError(options.file, error)
  }
}

class OtherPipeline extends Error {}

function partToSetAside(error: unknown): Part | null {
  if (!(error instanceof RecstreamError)) return null
  return error.cause instanceof OtherPipeline ? 'file' : damagedPart(error.cause)
}

function tellSetAside({ file, onSetAside, now = Date.now }: WarehouseOptions, part: Part, cause: unknown): void {
  const what = part === 'log' ? "The warehouse's write-ahead log" : 'The warehouse'
  const kept = setAside(file, part, now())
  onSetAside?.(
    `${what} cannot be used (${damageWords(cause)}): it is kept in ${kept}, and what it held is built again from the log.`,
  )
}
