import { existsSync } from 'node:fs'

/** Of the time of the process that makes them, copies for questions take at most one part in so many. */
const share = 20

/**
 * Copies for those who ask, each asker's or one that is young enough: a copy is handed out again until twenty times as long has
 * passed as it took to make, so that however often somebody asks, what the tables are for goes on.
 *
 *     const copy = youngCopy(() => warehouse.snapshot(), () => performance.now())
 *     await copy()   // '…/snapshot-1700000000000-1.duckdb'
 *
 * One that is gone, such as that of somebody who was forgotten, is made anew.
 */
export function youngCopy(make: () => Promise<string>, clock: () => number): () => Promise<string> {
  let made: { path: string; until: number } | null = null
  let making: Promise<string> | null = null
  const anew = async () => {
    const began = clock()
    try {
      const path = await make()
      const now = clock()
      made = { path, until: now + share * (now - began) }
      return path
    } finally {
      making = null
    }
  }
  return async () => {
    if (made !== null && clock() < made.until && existsSync(made.path)) return made.path
    making ??= anew()
    return making
  }
}
