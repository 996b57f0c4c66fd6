import type { TiredOf } from '../../../planning-agent.ts'

/** Place of the first speed of fatigue among the features of an index; the others follow. */
export const firstFatigue = 2

/**
 * What a user is tired of, most first: themes of which the exposure at the first speed comes to one whole item or more.
 *
 *     tiredOf({ themes: 18, exposure, since }, weights)[0]   // { theme: 3, since: 1_764_321_000_000, adds: -1.2 }
 *
 * `exposure` by speed and theme, as of now; `since` by theme, 0 where it never was so much.
 */
export function tiredOf(
  { themes, exposure, since }: { themes: number; exposure: Float64Array; since: ArrayLike<number> },
  weights: ArrayLike<number>,
): TiredOf[] {
  const all: TiredOf[] = []
  for (let theme = 0; theme < themes; theme++) {
    if (!(exposure[theme]! >= wholeItem) || since[theme] === 0) continue
    let adds = 0
    for (let at = theme, k = firstFatigue; at < exposure.length; at += themes, k++) adds += weights[k]! * exposure[at]!
    all.push({ theme, since: since[theme]!, adds })
  }
  return all.sort((a, b) => a.adds - b.adds)
}

/** Exposure from which on somebody counts as tired: as much as one item of this theme alone, watched to its end. */
export const wholeItem = 1
