import { existsSync, renameSync, rmSync } from 'node:fs'
import type { DuckDBConnection } from '@duckdb/node-api'
import { RecstreamError } from '../errors.ts'
import { failpoint } from '../failpoint.ts'
import type { PersonRows, Published, Warehouse, WarehouseBatch } from '../records/warehouse.ts'
import { type Database, damaged, firstLine, openDatabase } from './connect.ts'
import { damagedPart } from './damage.ts'
import { forgetRows, freshPath, userIds, writeFresh } from './forget.ts'
import { type Landed, Landing } from './land.ts'
import { isOf } from './origin.ts'
import { deadLettersAfter, eventsAfter } from './outbox.ts'
import { Readers } from './readers.ts'
import { changesAfter, readBeginnings } from './recovery-tables.ts'
import { items, newest, positions, recentIds, users, windows } from './restore.ts'
import { retire } from './retention.ts'
import { setAsideFolder } from './set-aside.ts'
import { copyWarehouse, removeOldCopies } from './snapshots.ts'
import { totals } from './totals.ts'
import { unjoined } from './unjoined.ts'

export interface WarehouseOptions {
  /** The DuckDB file; its folder is made. */
  file: string
  /** Folder for the copies that people's SQL reads. */
  snapshots: string
  /** Folder for old events, as Parquet. */
  archive: string
  /** What DuckDB may keep in memory, MiB (default 512). */
  memoryLimitMb?: number
  /** Threads for queries and checkpoints (default 2). */
  threads?: number
  /** Length of the short window, which the view `sequences` shows and `retire` leaves the rows for (default 5). */
  shortLength?: number
  /** Length of the window that bots are found in, which `retire` leaves the rows for, ms (default and least: a day). */
  botWindowMs?: number
  /** Whose it is: a file that holds positions of another pipeline is set aside. */
  pipeline?: string
  /** It was damaged, or another's, and is set aside: what is there now holds less, or nothing. */
  onSetAside?: (message: string) => void
  /** Wall clock, ms; names and ages of snapshots, and of what was set aside. */
  now?: () => number
}

export const defaultShortLength = 5

/** A connection to the file, which this process holds then. */
export function openFile({ file, memoryLimitMb = 512, threads = 2 }: WarehouseOptions): Promise<Database> {
  return openDatabase({ file, memoryLimitMb, threads })
}

/** The tables of an open file. `openWarehouse` opens one that is whole. */
export class DuckDbWarehouse implements Warehouse {
  readonly #options: WarehouseOptions
  #database: Database
  #writer: DuckDBConnection
  #landing: Landing
  #landed: Landed
  /** Ends when every commit that was asked for is done; one at a time, in order. */
  #last: Promise<unknown> = Promise.resolve()
  #failure: RecstreamError | null = null
  #closed = false
  /** Rises with every change, so that a snapshot knows whether it is still what the tables hold. */
  #changes = 0
  #snapshot: { path: string; changes: number } | null = null
  readonly #readers = new Readers()

  constructor(options: WarehouseOptions, database: Database, writer: DuckDBConnection, landed: Landed) {
    this.#options = options
    this.#database = database
    this.#writer = writer
    this.#landing = new Landing(writer)
    this.#landed = landed
  }

  commit(batch: WarehouseBatch): Promise<void> {
    return this.#alone(() => this.#commit(batch))
  }

  async #commit(batch: WarehouseBatch): Promise<void> {
    // A later batch must not land where an earlier one is missing.
    if (this.#failure !== null) throw this.#failure
    try {
      await this.#writer.run('BEGIN TRANSACTION')
      const landed = await this.#landing.write(batch, this.#landed)
      failpoint('commit.before')
      await this.#writer.run('COMMIT')
      failpoint('commit.after')
      this.#landed = landed
      this.#changes += 1
    } catch (error) {
      const message = `A batch could not be written to the warehouse: ${firstLine(error)}`
      this.#failure = this.#failed(`${message} Restart the pipeline; nothing is lost.`, error)
      await this.#writer.run('ROLLBACK').catch(() => {})
      throw this.#failure
    }
  }

  positions() {
    return this.#reading(positions)
  }

  newest() {
    return this.#reading(newest)
  }

  events(after: number, limit: number) {
    return this.#reading(connection => eventsAfter(connection, after, limit))
  }

  deadLetters(after: number, limit: number) {
    return this.#reading(connection => deadLettersAfter(connection, after, limit))
  }

  beginnings() {
    return this.#reading(readBeginnings)
  }

  changes(published: Published) {
    return this.#streaming(connection => changesAfter(connection, published))
  }

  windows(query: Parameters<Warehouse['windows']>[0]) {
    return this.#streaming(connection => windows(connection, query))
  }

  recentIds() {
    return this.#reading(recentIds)
  }

  users(ids?: readonly string[]) {
    return this.#streaming(connection => users(connection, ids))
  }

  items(ids?: readonly string[]) {
    return this.#streaming(connection => items(connection, ids))
  }

  totals(topic: string) {
    return this.#reading(connection => totals(connection, topic))
  }

  unjoined() {
    return this.#reading(unjoined)
  }

  isOf(topics: ReadonlyMap<string, string>): Promise<boolean> {
    return this.#alone(() => isOf(this.#writer, topics))
  }

  snapshot(): Promise<string> {
    return this.#alone(async () => {
      const { file, snapshots, now = Date.now } = this.#options
      if (this.#snapshot?.changes === this.#changes && existsSync(this.#snapshot.path)) return this.#snapshot.path
      try {
        await this.#writer.run('CHECKPOINT')
        const path = await copyWarehouse(file, snapshots, `snapshot-${now()}-${process.pid}-${this.#changes}`)
        this.#snapshot = { path, changes: this.#changes }
        removeOldCopies(snapshots, now())
        return path
      } catch (cause) {
        throw this.#failed(`The warehouse could not be copied: ${firstLine(cause)}`, cause)
      }
    })
  }

  retire(olderThan: number, publishedUpTo: number): Promise<number> {
    return this.#alone(async () => {
      if (this.#failure !== null) throw this.#failure
      try {
        const { archive, shortLength = defaultShortLength, botWindowMs = 0 } = this.#options
        const rows = await retire(this.#writer, archive, { olderThan, publishedUpTo, shortLength, botWindowMs })
        if (rows > 0) this.#changes += 1
        return rows
      } catch (cause) {
        await this.#writer.run('ROLLBACK').catch(() => {})
        throw this.#failed(`Old events could not be archived: ${firstLine(cause)}`, cause)
      }
    })
  }

  userIds() {
    return this.#streaming(connection => userIds(connection, this.#options.archive))
  }

  forget(person: PersonRows, what: 'delete' | 'count' = 'delete'): Promise<Record<string, number>> {
    return this.#alone(async () => {
      if (this.#failure !== null) throw this.#failure
      try {
        const removed = await forgetRows(this.#writer, this.#options.archive, person, what)
        this.#changes += 1
        return removed
      } catch (cause) {
        await this.#writer.run('ROLLBACK').catch(() => {})
        throw this.#failed(`Somebody could not be forgotten in the warehouse: ${firstLine(cause)}`, cause)
      }
    })
  }

  renew(): Promise<void> {
    return this.#alone(async () => {
      if (this.#failure !== null) throw this.#failure
      const { file, snapshots } = this.#options
      try {
        await writeFresh(this.#writer, file)
        await this.#readers.without(async () => {
          this.#writer.closeSync()
          this.#database.close()
          failpoint('rename.before')
          renameSync(freshPath(file), file)
          failpoint('rename.after')
          this.#database = await openFile(this.#options)
          this.#writer = await this.#database.connect()
          this.#landing = new Landing(this.#writer)
        })
        this.#snapshot = null
        this.#changes += 1
        rmSync(snapshots, { recursive: true, force: true })
        // What was set aside holds what it held.
        rmSync(setAsideFolder(file), { recursive: true, force: true })
      } catch (cause) {
        this.#failure = this.#failed(
          `The warehouse could not be written anew: ${firstLine(cause)} Restart the pipeline.`,
          cause,
        )
        throw this.#failure
      }
    })
  }

  async close(): Promise<void> {
    await this.#alone(async () => {
      if (this.#closed) return
      this.#closed = true
      // Closing would do this too, but in this thread.
      await this.#writer.run('CHECKPOINT').catch(() => {})
      this.#writer.closeSync()
      this.#database.close()
    })
  }

  /** Run after every write asked for before, and before every write asked for later. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done
  }

  async #reading<T>(read: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#readers.begin(() => this.#database.connect())
    try {
      return await read(connection)
    } catch (cause) {
      throw this.#failed(`The warehouse could not be read: ${firstLine(cause)}`, cause)
    } finally {
      this.#readers.end(connection)
    }
  }

  async *#streaming<T>(read: (connection: DuckDBConnection) => AsyncIterable<T>): AsyncGenerator<T> {
    const connection = await this.#readers.begin(() => this.#database.connect())
    try {
      yield* read(connection)
    } catch (cause) {
      throw this.#failed(`The warehouse could not be read: ${firstLine(cause)}`, cause)
    } finally {
      this.#readers.end(connection)
    }
  }

  #failed(message: string, cause: unknown): RecstreamError {
    if (damagedPart(cause) !== null) return damaged(this.#options.file, cause)
    return new RecstreamError('WAREHOUSE_FAILED', message, { cause })
  }
}
