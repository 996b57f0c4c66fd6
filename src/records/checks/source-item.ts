import type { SourceItem } from '../definition.ts'
import type { Rejection } from '../rejection.ts'
import { checkItem } from './item.ts'
import { isDated } from './time.ts'
import { unfit } from './unfit.ts'

/** A row of a source as an item, with the time from which it is so and whether it is gone. */
export function checkSourceItem(row: object): SourceItem | Rejection {
  const { time, deleted = false } = row as Partial<Record<keyof SourceItem, unknown>>
  if (time !== undefined && !(typeof time === 'number' && Number.isInteger(time) && isDated(time))) {
    return unfit('time', 'must be a whole number of milliseconds since 1970 or be left out', time)
  }
  if (typeof deleted !== 'boolean') return unfit('deleted', 'must be true or be left out', deleted)
  const item = checkItem(row)
  if (!('itemId' in item)) return item
  return { ...item, ...(time === undefined ? {} : { time }), ...(deleted ? { deleted } : {}) }
}
