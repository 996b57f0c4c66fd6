import type { DuckDBConnection } from '@duckdb/node-api'

/** Who reads a file now, so that it can be replaced while nobody does. */
export class Readers {
  #count = 0
  #onNone: () => void = () => {}
  /** Ends when there is a file to read again; null while there is. */
  #replacing: Promise<void> | null = null

  /** A connection to read with; `end` must follow. */
  async begin(connect: () => Promise<DuckDBConnection>): Promise<DuckDBConnection> {
    while (this.#replacing !== null) await this.#replacing
    this.#count += 1
    return connect()
  }

  end(connection: DuckDBConnection): void {
    connection.closeSync()
    this.#count -= 1
    if (this.#count === 0) this.#onNone()
  }

  /** Do this when nobody reads: whoever does has a connection to the old file, and nobody new gets one before it is done. */
  async without(work: () => Promise<void>): Promise<void> {
    let replaced = () => {}
    this.#replacing = new Promise<void>(resolve => (replaced = resolve))
    try {
      if (this.#count > 0) await new Promise<void>(resolve => (this.#onNone = resolve))
      await work()
    } finally {
      this.#replacing = null
      replaced()
    }
  }
}
