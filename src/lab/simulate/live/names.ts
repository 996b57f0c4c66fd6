/** One stay of one person in a world: who follows in the same slot is somebody else. */
export interface Stay {
  slot: number
  generation: number
}

/** The user id of a stay; the seed is in it, so that people of several seeds can live side by side. */
export function userIdOf(seed: number, { slot, generation }: Stay): string {
  return `s${seed}-${slot}-${generation}`
}

/**
 * The stay that a user id names; null for anybody else's.
 *
 *     stayOf('s1-17-0', 1)   // { slot: 17, generation: 0 }
 *     stayOf('s2-17-0', 1)   // null
 */
export function stayOf(userId: string, seed: number): Stay | null {
  const match = /^s(\d+)-(\d{1,9})-(\d{1,9})$/.exec(userId)
  return match === null || Number(match[1]) !== seed ? null : { slot: Number(match[2]), generation: Number(match[3]) }
}

/** The id of a world's item on the topics. */
export const itemIdOf = (item: number): string => `item-${item}`

/** The item that an id names; −1 if it is none of a world with so many items. */
export function itemOf(itemId: string, items: number): number {
  const match = /^item-(\d{1,9})$/.exec(itemId)
  const item = match === null ? -1 : Number(match[1])
  return item < items ? item : -1
}
