import { slotMask } from './item-tags.ts'
import type { OnlineRanker } from './online-ranker.ts'
import type { ItemVectors } from './rank-features.ts'
import { channels } from './transitions.ts'

/**
 * What goes with an item: what people come to before and after it, and what is described like it.
 *
 *     itemsAlike(ranker, vectors, kettle, { most: 10, items: 4_000, allowed })   // [{ item: lamp, score: 1 }, …]
 *
 * For the item q, j has C[q, j] / (n_j + 10)^.3 as a share of the highest, and half of the cosine of their features, as a
 * share of the best sum. Items that nobody came to with it are looked at where those that people did leave room.
 */
export function itemsAlike(
  { transitions, popularity }: Pick<OnlineRanker, 'transitions' | 'popularity'>,
  vectors: ItemVectors,
  item: number,
  { most, items, allowed }: { most: number; items: number; allowed: (item: number) => boolean },
): { item: number; score: number }[] {
  const [own, other] = [new Float64Array(vectors.width), new Float64Array(vectors.width)]
  vectors.write(item, own, 0)
  const likeness = (j: number): number => {
    vectors.write(j, other, 0)
    let product = 0
    for (let k = 0; k < own.length; k++) product += own[k]! * other[k]!
    return Math.max(0, product)
  }
  const together = new Map<number, number>()
  let highest = 0
  for (let place = transitions.from(item), end = transitions.to(item); place < end; place++) {
    const j = transitions.items[place]! & slotMask
    const weight = transitions.weights[place * channels]!
    if (transitions.tag(j) !== transitions.items[place] || weight <= 0 || j === item || !allowed(j)) continue
    const strength = weight / (popularity.count(j) + 10) ** 0.3
    together.set(j, strength)
    highest = Math.max(highest, strength)
  }
  const found = [...together].map(([j, strength]) => ({ item: j, score: strength / highest + likeness(j) / 2 }))
  if (found.length < most) {
    for (let j = 0; j < items; j++) {
      if (j === item || together.has(j) || !allowed(j)) continue
      const score = likeness(j) / 2
      if (score > 0) found.push({ item: j, score })
    }
  }
  const best = found.sort((a, b) => b.score - a.score || a.item - b.item).slice(0, most)
  return best.map(({ item: j, score }) => ({ item: j, score: score / best[0]!.score }))
}
