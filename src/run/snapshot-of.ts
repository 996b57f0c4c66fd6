import { existsSync } from 'node:fs'
import { RecstreamError } from '../errors.ts'
import type { Copy } from '../warehouse/sql/copy-stopped.ts'
import { askControl } from './control.ts'
import type { Layout } from './layout.ts'

/** A snapshot of a pipeline's warehouse, whether it runs or not. */
export async function snapshotOf(layout: Layout): Promise<Copy> {
  if (!existsSync(layout.warehouse)) {
    throw new RecstreamError(
      'NOT_RUNNING',
      `There is no warehouse in ${layout.root} yet; start the pipeline first, or give another folder with --data.`,
    )
  }
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
