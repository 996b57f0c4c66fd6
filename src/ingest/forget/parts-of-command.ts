import { doneIn, type ForgetCommand } from '../../records/forgotten.ts'
import type { Part } from '../../records/part.ts'

/** The newest row of a part that is theirs. */
export function newestRow(command: ForgetCommand, part: Part): number {
  return part.of === 1 ? command.forget.upTo! : (doneIn(command, part)?.upTo ?? 0)
}

/**
 * The newest row of the learner's whose list may be theirs, where its rows have other numbers than a part's: all that came before
 * it took the command in.
 */
export function newestList({ appliedAt, forget }: ForgetCommand): number {
  return appliedAt === null ? (forget.upTo ?? Number.MAX_SAFE_INTEGER) : appliedAt - 1
}

/** How much a part removed, by places that are its own. */
export function removedBy(part: Part, removed: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(removed).map(([place, number]) => [nameIn(part, place), number]))
}

/** 'table events' of part 1 is 'table events of part 1'. */
export function nameIn({ part, of }: Part, place: string): string {
  return of === 1 ? place : `${place} of part ${part}`
}
