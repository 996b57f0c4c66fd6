import { rmSync } from 'node:fs'
import type { KeptResults } from './kept-results.ts'
import type { Row, Trial, Tried } from './row.ts'
import type { Stage } from './scene.ts'

/** Characters of a line about what differs. */
const longest = 800

/** Try what has not been tried yet, one trial after another, and keep what each came to. */
export async function runRows(options: {
  rows: readonly Row[]
  kept: KeptResults
  stage: Stage
  say: (line: string) => void
}): Promise<void> {
  const { rows, kept, stage, say } = options
  const all = rows.flatMap(row => row.trials.map(trial => ({ row, trial })))
  const left = all.filter(({ row, trial }) => kept.of(row.name, trial.name) === undefined)
  if (left.length < all.length) say(`${all.length - left.length} of ${all.length} trials were made before; going on.`)
  const began = performance.now()
  for (const [k, { row, trial }] of left.entries()) {
    const at = performance.now()
    const tried = await triedBy(trial, stage)
    const seconds = Math.round((performance.now() - at) / 100) / 10
    kept.keep({ row: row.name, trial: trial.name, seconds, ...tried })
    const minutes = Math.round((performance.now() - began) / 6_000) / 10
    say(
      `[${k + 1} of ${left.length}, ${minutes} min] ${row.name}, ${trial.name}: ${tried.held} of ${tried.tried} held (${seconds} s)`,
    )
    for (const difference of tried.differences.slice(0, 5)) say(`    ${difference}`)
  }
}

async function triedBy(trial: Trial, stage: Stage): Promise<Tried> {
  const scene = stage.scene()
  try {
    const { tried, held, differences } = await trial.run(scene)
    return { tried, held, differences: differences.map(line => line.slice(0, longest)).slice(0, 10) }
  } catch (error) {
    const { stack } = error instanceof Error ? error : new Error(String(error))
    return { tried: trial.count, held: 0, differences: [`${stack}`.slice(0, longest)] }
  } finally {
    rmSync(scene.folder, { recursive: true, force: true })
  }
}
