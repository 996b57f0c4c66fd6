import type { LogRecord, Position } from '../log/log.ts'

/** Header of a profile or an item whose date its writer means: it is so from then on, whatever events there are. */
export const datedHeader = 'recstream-dated'

/**
 * What of a partition of profiles or items is known from the beginning: records before `offset`, dated after `after` (ms),
 * which no event that was there had reached.
 */
export interface Beginning extends Position {
  after: number
}

/** Whether a record of its partition is known from the beginning. */
export function isKnownFrom({ offset, after }: Pick<Beginning, 'offset' | 'after'>, record: LogRecord): boolean {
  return record.offset < offset && record.timestamp > after && record.headers[datedHeader] === undefined
}
