import { rmSync } from 'node:fs'
import type { KeptResults } from './kept-results.ts'
import type { Row, Trial, Tried } from './row.ts'
import type { Stage } from './scene.ts'

/** Characters of a line about what differs. */
const longest = 800

interface Turn {
  row: Row
  trial: Trial
}

/**
 * Try what has not been tried yet, so many trials at once, and keep what each came to. Rows that want the machine to themselves
 * come last, one after another; those that mostly wait have a lane of their own where there is more than one.
 */
export async function runRows(options: {
  rows: readonly Row[]
  kept: KeptResults
  stage: Stage
  atOnce?: number
  say: (line: string) => void
}): Promise<void> {
  const { rows, kept, stage, say, atOnce = 1 } = options
  const all = rows.flatMap(row => row.trials.map(trial => ({ row, trial })))
  const left = all.filter(({ row, trial }) => kept.of(row.name, trial.name) === undefined)
  if (left.length < all.length) say(`${all.length - left.length} of ${all.length} trials were made before; going on.`)
  const began = performance.now()
  const { length } = left
  let made = 0
  const turn = async ({ row, trial }: Turn) => {
    const at = performance.now()
    const tried = await triedBy(trial, stage)
    const seconds = Math.round((performance.now() - at) / 100) / 10
    kept.keep({ row: row.name, trial: trial.name, seconds, ...tried })
    const minutes = Math.round((performance.now() - began) / 6_000) / 10
    say(
      `[${++made} of ${length}, ${minutes} min] ${row.name}, ${trial.name}: ${tried.held} of ${tried.tried} held (${seconds} s)`,
    )
    if (tried.measured !== undefined) say(`    ${tried.measured}`)
    for (const difference of tried.differences.slice(0, 5)) say(`    ${difference}`)
  }
  /** What is left of a queue, one after another; several of one queue share it. */
  const lane = async (queue: Turn[]) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await turn(next)
  }
  if (atOnce === 1) return lane(left)
  const [together, beside, alone] = [undefined, 'beside', 'alone'].map(when =>
    left.filter(({ row }) => row.when === when),
  )
  const crowd = Promise.all(Array.from({ length: atOnce }, () => lane(together!)))
  await Promise.all([crowd.then(() => lane(alone!)), lane(beside!)])
}

async function triedBy(trial: Trial, stage: Stage): Promise<Tried> {
  const scene = stage.scene()
  try {
    const { differences, ...tried } = await trial.run(scene)
    return { ...tried, differences: differences.map(line => line.slice(0, longest)).slice(0, 10) }
  } catch (error) {
    const { stack } = error instanceof Error ? error : new Error(String(error))
    return { tried: trial.count, held: 0, differences: [`${stack}`.slice(0, longest)] }
  } finally {
    rmSync(scene.folder, { recursive: true, force: true })
  }
}
