import type { Route } from './route.ts'
import { health, metrics, readiness } from './routes/health.ts'
import {
  listOfSession,
  listOfUser,
  listOfUserByBody,
  listsOfUsers,
  newItems,
  popularItems,
  rank,
  similarItems,
} from './routes/lists.ts'
import {
  askSql,
  promoteArm,
  replayDeadLetters,
  rollBackArms,
  rollBackModel,
  setShares,
  status,
} from './routes/operations.ts'
import { deleteItem, deleteUser, mergeUser, putItem, putUser, sendEvents } from './routes/writes.ts'

/** All that can be asked, in the order of the document. */
export const routes: readonly Route[] = [
  listOfUser,
  listOfUserByBody,
  listsOfUsers,
  listOfSession,
  rank,
  similarItems,
  popularItems,
  newItems,
  sendEvents,
  putItem,
  deleteItem,
  putUser,
  deleteUser,
  mergeUser,
  askSql,
  status,
  setShares,
  promoteArm,
  rollBackArms,
  rollBackModel,
  replayDeadLetters,
  health,
  readiness,
  metrics,
]
