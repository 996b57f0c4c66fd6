import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
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
    for (const result of resultsIn(file)) this.#results.set(keyOf(result.row, result.trial), result)
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

function resultsIn(file: string): Result[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap(line => {
      try {
        return [JSON.parse(line) as Result]
      } catch {
        // The first line, or one that a kill cut off.
        return []
      }
    })
}

/** Seconds that each trial took on this machine, whatever the build; the last one counts. */
export function secondsBefore(folder: string): (row: string, trial: string) => number | undefined {
  const seconds = new Map<string, number>()
  const names = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.jsonl')) : []
  const files = names.map(name => join(folder, name)).sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs)
  for (const result of files.flatMap(resultsIn)) seconds.set(keyOf(result.row, result.trial), result.seconds)
  return (row, trial) => seconds.get(keyOf(row, trial))
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
