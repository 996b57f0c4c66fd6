import type { AskedLists } from '../../learner/process/asked-lists.ts'
import type { Decided } from '../../records/question.ts'

/** How often it is looked whether somebody waits, ms. */
const everyMs = 20

/**
 * Asks ingest how far it has come while somebody waits for an event of theirs: of one that it rejected, no block will tell.
 *
 *     const stop = askDecided(() => askControl(layout.control, 'decided'), learn.asked, door.moved)
 *
 * Where ingest is not at hand, such as on another machine, they wait for the next event that is kept.
 */
export function askDecided(
  ask: () => Promise<Decided>,
  asked: Pick<AskedLists, 'asksIngest' | 'hear'>,
  moved: () => void,
): () => void {
  let isAsking = false
  const go = async () => {
    isAsking = true
    try {
      asked.hear(await ask())
    } catch {
      // It is starting again, or not here.
    }
    isAsking = false
    // Whoever waits still has it asked again.
    moved()
  }
  const timer = setInterval(() => {
    if (!isAsking && asked.asksIngest()) void go()
  }, everyMs)
  return () => clearInterval(timer)
}
