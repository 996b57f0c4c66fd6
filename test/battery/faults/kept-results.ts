import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Tried } from './row.ts'

/** What a trial came to, as it is kept. */
export interface Result extends Tried {
  row: string
  trial: string
  seconds: number
}

/** Results of trials in a file, so that a battery that was stopped goes on from there. */
export class KeptResults {
  readonly #file: string
  readonly #results = new Map<string, Result>()

  constructor(file: string) {
    this.#file = file
    mkdirSync(dirname(file), { recursive: true })
    if (!existsSync(file)) return
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      try {
        const result = JSON.parse(line) as Result
        this.#results.set(keyOf(result.row, result.trial), result)
      } catch {
        // The first line, or one that a kill cut off.
      }
    }
  }

  of(row: string, trial: string): Result | undefined {
    return this.#results.get(keyOf(row, trial))
  }

  keep(result: Result): void {
    this.#results.set(keyOf(result.row, result.trial), result)
    // Before it, since a kill may have cut off the line there.
    appendFileSync(this.#file, `\n${JSON.stringify(result)}`)
  }
}

const keyOf = (row: string, trial: string) => `${row}/${trial}`

/** Names a build by what its modules hold: results of another one do not count for it. */
export function digestOf(...folders: string[]): string {
  const hash = createHash('sha256')
  for (const folder of folders) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      if (name.endsWith('.js')) hash.update(name).update(readFileSync(join(folder, name)))
    }
  }
  return hash.digest('hex').slice(0, 12)
}
