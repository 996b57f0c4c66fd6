import type { LearnerRoom } from '../../records/warehouse.ts'

/**
 * The learner's room for users: as it was kept, or else as blocks say it; or as it is from the newest row on, where the
 * setting has changed or nothing says it. `isNew` where it is yet to be kept.
 */
export function learnerRoom(
  { kept, said, newestRow }: { kept: LearnerRoom | null; said: LearnerRoom | null; newestRow: number },
  maxUsers: number,
): { room: LearnerRoom; isNew: boolean } {
  const before = kept ?? said
  const room = before?.maxUsers === maxUsers ? before : { maxUsers, since: newestRow }
  return { room, isNew: room !== kept }
}
