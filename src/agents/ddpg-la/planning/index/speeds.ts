import type { FatigueSpeed } from './user-memory.ts'

/**
 * Three speeds at which people may tire and recover, a factor of three apart in days; which of them counts is learned.
 *
 *     fatigueSpeeds({ pace: 1 })[0]   // { kept: 0.9, days: 0.25, scale: 1 }
 *
 * With another pace all of them are so many times as slow, or as fast.
 */
export function fatigueSpeeds({ pace }: { pace: number }): FatigueSpeed[] {
  return [
    { kept: 0.9, days: 0.25, scale: 1 },
    { kept: 0.8, days: 0.1, scale: 1 },
    { kept: 0.97, days: 1, scale: 0.5 },
  ].map(({ kept, days, scale }) => ({ kept: kept ** (1 / pace), days: days * pace, scale: scale / pace }))
}
