import { count } from '../../records/words.ts'

/**
 * Tells, once, that there are more users than there is room for in memory.
 *
 *     const notices = roomNotice(20_000)
 *     notices(0)   // []
 *     notices(1)   // ['More than 20,000 users came: …']
 *     notices(2)   // []
 */
export function roomNotice(maxUsers: number): (cold: number) => string[] {
  let isTold = false
  return cold => {
    if (isTold || cold === 0) return []
    isTold = true
    return [
      `More than ${count(maxUsers)} users came: whoever was away longest is kept on disk now, and comes back as they were. Nothing that is learned or recommended hangs on it; where there is memory for more, --set learn.maxUsers saves reading.`,
    ]
  }
}
