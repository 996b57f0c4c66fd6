import { existsSync } from 'node:fs'
import { RecstreamError } from '../errors.ts'
import { type Part, partsWords } from '../records/part.ts'
import type { Copy } from '../warehouse/sql/copy-stopped.ts'
import type { Snapshot } from '../warehouse/sql/query.ts'
import { askControl } from './control.ts'
import { type Layout, layoutOfPart, partsHere } from './layout.ts'

/** A copy of a pipeline's tables to ask. */
export interface TablesCopy {
  snapshot: Snapshot
  /** When they were what they are, ms since 1970; of several parts, the oldest. */
  asOf: number
  /** That tables of some parts are not among them, in a sentence; null where all are. */
  lacking: string | null
}

/** A snapshot of a pipeline's warehouse, of all parts of it that are here, whether it runs or not. */
export async function snapshotOf(layout: Layout): Promise<TablesCopy> {
  const parts = partsWithTables(layout)
  const [first] = parts
  if (first === undefined) {
    throw new RecstreamError(
      'NOT_RUNNING',
      `There is no warehouse in ${layout.root} yet; start the pipeline first, or give another folder with --data.`,
    )
  }
  if (first.of === 1) {
    const { path, asOf } = await copyOf(layout)
    return { snapshot: path, asOf, lacking: null }
  }
  const copies = await Promise.all(parts.map(part => copyOf(layoutOfPart(layout, part))))
  return {
    snapshot: copies.map(({ path }, k) => ({ ...parts[k]!, path })),
    asOf: Math.min(...copies.map(({ asOf }) => asOf)),
    lacking: lackingWords(layout, parts),
  }
}

/** The parts whose tables are here; none where a pipeline has none yet. */
export function partsWithTables(layout: Layout): Part[] {
  return partsHere(layout).filter(part => existsSync(layoutOfPart(layout, part).warehouse))
}

/**
 * That some parts' tables are not here, in a sentence; null where all are.
 *
 *     lackingWords(layout, [{ part: 0, of: 3 }])
 *     // 'The tables of parts 1 and 2 of 3 are not in …/shop: their rows are missing from every answer.'
 */
export function lackingWords({ root }: Pick<Layout, 'root'>, here: readonly Part[]): string | null {
  const of = here[0]?.of ?? 1
  const lacking = Array.from({ length: of }, (_, part) => part).filter(part => !here.some(each => each.part === part))
  if (lacking.length === 0) return null
  const order = lacking.includes(0)
    ? ' What the learner says lands in part 0: events have no sequence, and scores, models and commands no rows.'
    : ''
  return `The tables of ${partsWords(lacking, of)} are not in ${root}: their rows are missing from every answer.${order}`
}

async function copyOf(layout: Layout): Promise<Copy> {
  // Between the question and the copy a pipeline may stop or start: the second try finds it settled.
  return (await ownersCopy(layout)) ?? (await stoppedCopy(layout).catch(ifLocked)) ?? (await lastTry(layout))
}

/** Null when nobody answers. */
async function ownersCopy({ control }: Layout): Promise<Copy | null> {
  try {
    const asOf = Date.now()
    return { ...(await askControl<{ path: string }>(control, 'snapshot')), asOf }
  } catch (error) {
    if (error instanceof RecstreamError && error.code === 'NOT_RUNNING') return null
    throw error
  }
}

async function stoppedCopy({ warehouse, snapshots }: Layout): Promise<Copy> {
  const { copyForReading } = await import('../warehouse/sql/copy-for-reading.ts')
  return copyForReading({ file: warehouse, snapshots })
}

function ifLocked(error: unknown): null {
  if (error instanceof RecstreamError && error.code === 'WAREHOUSE_LOCKED') return null
  throw error
}

async function lastTry(layout: Layout): Promise<Copy> {
  for (let attempt = 0; attempt < 20; attempt++) {
    await new Promise(resolve => setTimeout(resolve, 250))
    const copy = (await ownersCopy(layout)) ?? (await stoppedCopy(layout).catch(ifLocked))
    if (copy !== null) return copy
  }
  return stoppedCopy(layout)
}
