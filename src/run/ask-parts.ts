import { RecstreamError } from '../errors.ts'
import type { Part } from '../records/part.ts'
import { askControl, type ControlHandlers } from './control.ts'
import { type Layout, layoutOfPart, partsHere } from './layout.ts'

/** What a part of a pipeline's ingest answers. */
export interface PartAnswer<T> extends Part {
  /** Null where it does not run. */
  answer: T | null
}

/** Ask every part of a pipeline's ingest that is here; the only one of most. */
export function askParts<T>(layout: Layout, question: keyof ControlHandlers): Promise<PartAnswer<T>[]> {
  return Promise.all(
    partsHere(layout).map(async part => {
      const answer = await askControl<T>(layoutOfPart(layout, part).control, question).catch(nullIfAway)
      return { ...part, answer }
    }),
  )
}

/** The socket that answers for all parts: of those that are here, that of the first. */
export function firstControl(layout: Layout): string {
  return layoutOfPart(layout, partsHere(layout)[0]!).control
}

function nullIfAway(error: unknown): null {
  if (error instanceof RecstreamError && error.code === 'NOT_RUNNING') return null
  throw error
}
