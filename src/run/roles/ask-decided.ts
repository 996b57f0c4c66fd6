import type { AskedLists } from '../../learner/process/asked-lists.ts'
import type { Decided } from '../../records/question.ts'

/** How often it is looked whether somebody waits, ms. */
const everyMs = 20

/**
 * Asks a part of ingest how far it has come while somebody waits for an event of its: of one that it rejected, no block will tell.
 *
 *     const stop = askDecided(part => askControl(controlOf(part), 'decided'), learn.asked, door.moved)
 *
 * Where ingest is not at hand, such as on another machine, they wait for the next event that is kept.
 */
export function askDecided(
  ask: (part: number) => Promise<Decided>,
  asked: Pick<AskedLists, 'asksIngest' | 'hear'>,
  moved: () => void,
): () => void {
  let isAsking = false
  const go = async (parts: readonly number[]) => {
    isAsking = true
    const hear = async (part: number) => asked.hear(await ask(part), part)
    // It is starting again, or not here.
    await Promise.all(parts.map(part => hear(part).catch(() => {})))
    isAsking = false
    // Whoever waits still has it asked again.
    moved()
  }
  const timer = setInterval(() => {
    const parts = isAsking ? [] : asked.asksIngest()
    if (parts.length > 0) void go(parts)
  }, everyMs)
  return () => clearInterval(timer)
}
