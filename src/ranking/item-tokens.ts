import { hashText, scramble } from '../state/hash.ts'
import { prefixed, type SavedArrays, withPrefix } from '../state/saved-arrays.ts'
import { columnSet, doubleColumn, intColumn, swapRows } from '../state/slot-column.ts'

/** Items by their feature tokens and by where their vectors point: the best and the newest of each. */
export interface ItemTokens {
  /** What is known of an item, as tokens such as "brand=Ash"; it takes the place of what was known. */
  describe(item: number, tokens: readonly string[]): void
  /** Its numbers, as tokens such as "#vector=0.3,-1.2". */
  measure(item: number, tokens: readonly string[]): void
  /** An event has changed an item's rank, and somebody wants it by so much more. */
  event(item: number, more: number): void
  /** The tokens of an item, −1 for none, at item · perItem. */
  readonly ofItems: Int32Array
  /** Items with a token, best first, and newest first: at token · width, up to the first −1. */
  readonly best: Int32Array
  readonly newest: Int32Array
  /** Share of all picks that were of items with a token; never 0. */
  share(token: number): number
  /** Tokens so far. */
  readonly size: number
  /** Two items have changed slots. */
  exchanged(a: number, b: number): void
  reset(item: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Tokens of an item; the last four are of its vector. */
export const perItem = 16
const ofVector = 4
/** Items kept of each token. */
export const bestWidth = 24
export const newestWidth = 8
/** Tokens kept, and values of one name: where there are more it is rather an id or a number, which many share with none. */
const mostTokens = 65_536
const mostValues = 4_096
const planes = 6

/**
 * Inverted lists of bounded length: `rank` orders the best; between two items it must only change at an event of one of them.
 *
 *     const tokens = itemTokens(popularity.rank)
 *     tokens.describe(7, ['brand=Ash'])
 *     tokens.event(7, 1)
 *     tokens.best[bestWidth * tokens.ofItems[perItem * 7]!]   // 7
 *
 * A vector counts as four tokens, each the signs of its products with six random vectors (Charikar 2002, "Similarity
 * estimation techniques from rounding algorithms"): what points the same way has most of them in common.
 * 64 bytes an item, 136 bytes a token.
 */
export function itemTokens(rank: (item: number) => number): ItemTokens {
  const ids = new Map<number, number>()
  const values = new Map<number, number>()
  const ofItems = intColumn(perItem, -1)
  const best = intColumn(bestWidth, -1)
  const newest = intColumn(newestWidth, -1)
  const picks = doubleColumn()
  const names = intColumn()
  const lists = columnSet({ best, newest, picks, names })
  let total = 0

  const idOf = (token: string): number => {
    const hash = hashText(token)
    const known = ids.get(hash)
    if (known !== undefined) return known
    const end = token.indexOf('=')
    const name = end < 0 ? 0 : hashText(token.slice(0, end)) | 0
    const held = values.get(name) ?? 0
    if (ids.size === mostTokens || held === mostValues) return -1
    const id = ids.size
    ids.set(hash, id)
    values.set(name, held + 1)
    lists.reset(id)
    names.data[id] = name
    return id
  }

  const remove = (list: Int32Array, from: number, width: number, item: number) => {
    for (let at = from; at < from + width; at++) {
      if (list[at] !== item) continue
      list.copyWithin(at, at + 1, from + width)
      list[from + width - 1] = -1
      return
    }
  }
  /** Put an item where its rank belongs among the best of a token. */
  const place = (token: number, item: number) => {
    const list = best.data
    const from = token * bestWidth
    const end = from + bestWidth
    remove(list, from, bestWidth, item)
    const score = rank(item)
    let at = from
    while (at < end && list[at]! >= 0 && rank(list[at]!) >= score) at += 1
    if (at === end) return
    list.copyWithin(at + 1, at, end - 1)
    list[at] = item
  }
  const enter = (token: number, item: number) => {
    const from = token * newestWidth
    newest.data.copyWithin(from + 1, from, from + newestWidth - 1)
    newest.data[from] = item
  }
  const replace = (item: number, first: number, count: number, tokens: readonly number[]) => {
    const from = item * perItem + first
    if (sameNumbers(ofItems.data, from, count, tokens)) return
    const picked = rank(item) > 0
    for (let at = from; at < from + count; at++) leave(ofItems.data[at]!, item)
    ofItems.data.fill(-1, from, from + count)
    for (const [k, token] of tokens.slice(0, count).entries()) {
      ofItems.data[from + k] = token
      enter(token, item)
      if (picked) place(token, item)
    }
  }
  const leave = (token: number, item: number) => {
    if (token < 0) return
    remove(best.data, token * bestWidth, bestWidth, item)
    remove(newest.data, token * newestWidth, newestWidth, item)
  }
  const idsOf = (tokens: readonly string[]) => [...new Set(tokens.map(idOf))].filter(id => id >= 0)

  return {
    get ofItems() {
      return ofItems.data
    },
    get best() {
      return best.data
    },
    get newest() {
      return newest.data
    },
    get size() {
      return ids.size
    },
    share: token => (picks.data[token]! + 0.5) / (total + 1),
    describe: (item, tokens) => replace(item, 0, perItem - ofVector, idsOf(tokens.slice(0, perItem - ofVector))),
    measure: (item, tokens) => replace(item, perItem - ofVector, ofVector, idsOf(tokens.flatMap(directions))),
    event(item, more) {
      total += more
      for (let at = item * perItem; at < (item + 1) * perItem; at++) {
        const token = ofItems.data[at]!
        if (token < 0) continue
        picks.data[token]! += more
        place(token, item)
      }
    },
    exchanged(a, b) {
      ofItems.reserve(Math.max(a, b) + 1)
      const rows = ofItems.data
      const both = new Set([
        ...rows.subarray(a * perItem, (a + 1) * perItem),
        ...rows.subarray(b * perItem, (b + 1) * perItem),
      ])
      for (const token of both) {
        if (token < 0) continue
        for (const { data, width } of [best, newest]) swapValues(data, token * width, width, a, b)
      }
      swapRows(rows, perItem, a, b)
    },
    reset(item) {
      ofItems.reserve(item + 1)
      for (let at = item * perItem; at < (item + 1) * perItem; at++) leave(ofItems.data[at]!, item)
      ofItems.reset(item)
    },
    save: items => ({
      ofItems: ofItems.save(items),
      ids: Uint32Array.from(ids.keys()),
      ...prefixed('lists', lists.save(ids.size)),
      total: Float64Array.of(total),
    }),
    restore(arrays) {
      ofItems.restore(arrays['ofItems'] as Int32Array)
      lists.restore(withPrefix('lists', arrays))
      total = (arrays['total'] as Float64Array)[0]!
      ids.clear()
      values.clear()
      for (const [id, hash] of (arrays['ids'] as Uint32Array).entries()) {
        ids.set(hash, id)
        values.set(names.data[id]!, (values.get(names.data[id]!) ?? 0) + 1)
      }
    },
  }
}

function sameNumbers(data: Int32Array, from: number, count: number, numbers: readonly number[]): boolean {
  for (let k = 0; k < count; k++) if (data[from + k] !== (numbers[k] ?? -1)) return false
  return true
}

function swapValues(list: Int32Array, from: number, width: number, a: number, b: number): void {
  for (let at = from; at < from + width; at++) {
    if (list[at] === a) list[at] = b
    else if (list[at] === b) list[at] = a
  }
}

/** Where the numbers of a token such as "#vector=0.3,-1.2" point, as tokens; none where they are not numbers. */
function directions(token: string): string[] {
  const numbers = token
    .slice(token.indexOf('=') + 1)
    .split(',')
    .map(Number)
  if (numbers.length < 2 || !numbers.every(Number.isFinite)) return []
  return Array.from({ length: ofVector }, (_, table) => {
    let signs = 0
    for (let plane = 0; plane < planes; plane++) {
      let sum = 0
      for (let k = 0; k < numbers.length; k++) sum += numbers[k]! * coordinate(table * planes + plane, k)
      if (sum > 0) signs |= 1 << plane
    }
    return `#${table}=${signs}`
  })
}

/** The k-th number of a random vector: evenly spread over −1 … 1, the same on every machine. */
const coordinate = (plane: number, k: number): number => scramble(Math.imul(plane + 1, 0x9e3779b1) + k) / 2 ** 31 - 1
