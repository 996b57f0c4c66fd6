import { placesOf } from './left-open.ts'
import type { Session } from './session.ts'

/**
 * Shut out whoever had the session's id, and end what is left open of theirs in these topics though its end is decided (see
 * `Session`): as its coordinator decided it.
 */
export async function startSession(session: Session, topics: readonly string[]): Promise<void> {
  // Once the id is taken nobody says it any more.
  const standing = topics.length === 0 ? null : await session.standing().catch(() => null)
  await session.start()
  if (standing !== null) await session.finish(await placesOf(session.brokers, topics), !standing.endsWith('Abort'))
}
