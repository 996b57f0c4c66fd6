import type { UserWindow } from '../../records/warehouse.ts'

/** What ingest remembers of one user; all of it can be restored from the events table. */
export type UserState = Omit<UserWindow, 'userId'>

/** The state of a user who was never seen. */
export function newUser(): UserState {
  return { count: 0, lastTime: -1, botBucket: -1, botCount: 0, items: [], times: [], rewards: [] }
}
