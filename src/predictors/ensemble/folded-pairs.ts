import type { SavedArrays } from '../../state/saved-arrays.ts'
import { words } from './pair-entries.ts'
import { hashOf } from './pair-table.ts'

/** Entries that are folded at a time. */
const pieceEntries = 1 << 12

/** What a flag says: the higher slot is the item's; the item is another than before, its square too. */
const [higher, otherItem, otherSquare] = [1, 2, 4]
/** The partner's square is the one before the last that it had; it is neither. */
const [before, unknown] = [8, 16]
/** By how much the product is off, from −1 to 1; 3: by more. Above that its sign. */
const [offAt, far, negative] = [5, 3, 128]
/** Users as they are, up to this many; then whether a version is another than the slot had. */
const [manyUsers, otherVersion] = [127, 128]

/**
 * What the pair table saves, in a fifth of the bytes once it is compressed, a piece at a time.
 *
 * Most pairs are shared by one user, and stand in the order in which that user made them: the same item with one partner
 * after the other. Of such a pair the item's square is that of the entry before, the partner's one that it had lately, and the product the
 * root of both but for its sign and its last bit.
 *
 *     const folded = atOnce(foldPairs(table.save()))
 *     unfoldPairs(folded)   // the same bits again
 */
export function* foldPairs(arrays: SavedArrays): Generator<void, SavedArrays> {
  const [pairs, at] = [arrays['pairs'] as Int32Array, arrays['at'] as Int32Array]
  const floats = floatsOf(pairs)
  const held = pairs.length / words
  const mask = arrays['places']![0]! - 1
  let slots = 0
  for (let k = 0; k < pairs.length; k += words) slots = Math.max(slots, pairs[k]! + 1, pairs[k + 1]! + 1)
  const known = knownOf(slots)
  const flags = new Uint8Array(held)
  const users = new Uint8Array(held)
  const steps = new Uint8Array(held)
  const partners = new Int32Array(held)
  const [items, versions, counts, products, squares]: number[][] = [[], [], [], [], []] as const

  for (let entry = 0, k = 0; entry < held; entry++, k += words) {
    if (entry % pieceEntries === pieceEntries - 1) yield
    const [low, high] = [pairs[k]!, pairs[k + 1]!]
    steps[entry] = (at[entry]! - hashOf(low, high)) & mask
    let isHigher = high === known.item
    // Of a new item and its first partner, the next entry says which is which.
    if (!isHigher && low !== known.item) isHigher = pairs[k + words] === high || pairs[k + words + 1] === high
    const [item, partner] = isHigher ? [high, low] : [low, high]
    let flag = isHigher ? higher : 0
    partners[entry] = partner
    const isNew = item !== known.item
    if (isNew) {
      flag |= otherItem
      items.push(item)
      known.item = item
    }
    const count = floats[k + 7]!
    const isSmall = count >= 1 && count < manyUsers && count === Math.trunc(count)
    users[entry] = isSmall ? count : manyUsers
    if (!isSmall) counts.push(pairs[k + 7]!)
    if (known.versions[low] !== pairs[k + 2] || known.versions[high] !== pairs[k + 3]) {
      users[entry]! |= otherVersion
      versions.push(pairs[k + 2]!, pairs[k + 3]!)
      known.versions[low] = pairs[k + 2]!
      known.versions[high] = pairs[k + 3]!
    }
    if (count !== 1) {
      products.push(pairs[k + 4]!)
      squares.push(pairs[k + 5]!, pairs[k + 6]!)
      flags[entry] = flag
      continue
    }
    const [own, theirs] = isHigher ? [pairs[k + 6]!, pairs[k + 5]!] : [pairs[k + 5]!, pairs[k + 6]!]
    if (isNew || own !== known.square) {
      flag |= otherSquare
      squares.push(own)
      known.square = own
    }
    if (theirs !== known.last[partner]) {
      const isBefore = theirs === known.before[partner]
      flag |= isBefore ? before : unknown
      if (!isBefore) squares.push(theirs)
    }
    note(known, partner, theirs)
    note(known, item, own)
    const off = (pairs[k + 4]! & size) - rootBits(floats[k + 5]!, floats[k + 6]!)
    if (Math.abs(off) <= 1) flag |= ((off + 1) << offAt) | (pairs[k + 4]! < 0 ? negative : 0)
    else {
      flag |= far << offAt
      products.push(pairs[k + 4]!)
    }
    flags[entry] = flag
  }
  const lists = Object.entries({ items, versions, counts, products, squares })
  return {
    ...{ flags, users, steps, partners, places: arrays['places']!, slots: Int32Array.of(slots) },
    ...Object.fromEntries(lists.map(([name, list]) => [name, new Int32Array(list)])),
  }
}

/** What `foldPairs` took. */
export function unfoldPairs(folded: SavedArrays): SavedArrays {
  const { flags, users, steps, partners } = folded as Record<string, Uint8Array | Int32Array>
  const known = knownOf(folded['slots']![0]!)
  const held = flags!.length
  const mask = folded['places']![0]! - 1
  const pairs = new Int32Array(held * words)
  const floats = floatsOf(pairs)
  const at = new Int32Array(held)
  const taken = { items: 0, versions: 0, counts: 0, products: 0, squares: 0 }
  const next = (name: keyof typeof taken): number => folded[name]![taken[name]++]!

  for (let entry = 0, k = 0; entry < held; entry++, k += words) {
    const flag = flags![entry]!
    if (flag & otherItem) known.item = next('items')
    const [item, partner, isHigher] = [known.item, partners![entry]!, (flag & higher) !== 0]
    const [low, high] = isHigher ? [partner, item] : [item, partner]
    pairs[k] = low
    pairs[k + 1] = high
    at[entry] = (hashOf(low, high) + steps![entry]!) & mask
    const count = users![entry]! & manyUsers
    if (count < manyUsers) floats[k + 7] = count
    else pairs[k + 7] = next('counts')
    if (users![entry]! & otherVersion) {
      known.versions[low] = next('versions')
      known.versions[high] = next('versions')
    }
    pairs[k + 2] = known.versions[low]!
    pairs[k + 3] = known.versions[high]!
    if (floats[k + 7] !== 1) {
      pairs[k + 4] = next('products')
      pairs[k + 5] = next('squares')
      pairs[k + 6] = next('squares')
      continue
    }
    if (flag & otherSquare) known.square = next('squares')
    const own = known.square
    const theirs = flag & unknown ? next('squares') : flag & before ? known.before[partner]! : known.last[partner]!
    note(known, partner, theirs)
    note(known, item, own)
    pairs[k + 5] = isHigher ? theirs : own
    pairs[k + 6] = isHigher ? own : theirs
    const off = (flag >> offAt) & far
    if (off === far) pairs[k + 4] = next('products')
    else pairs[k + 4] = (rootBits(floats[k + 5]!, floats[k + 6]!) + off - 1) | (flag & negative ? ~size : 0)
  }
  return { pairs, at, places: folded['places']! }
}

/** What came before, by which most of what comes next is told: the entry's item and its square; by slot, two squares and the version. */
interface Known {
  item: number
  square: number
  last: Int32Array
  before: Int32Array
  versions: Int32Array
}

function knownOf(slots: number): Known {
  const [last, older, versions] = [0, 1, 2].map(() => new Int32Array(slots)) as [Int32Array, Int32Array, Int32Array]
  return { item: -1, square: 0, last, before: older, versions }
}

function note(known: Known, slot: number, square: number): void {
  if (known.last[slot] === square) return
  known.before[slot] = known.last[slot]!
  known.last[slot] = square
}

/** The bits of a 32-bit float without its sign. */
const size = 0x7fffffff

const bits = new Int32Array(1)
const float = new Float32Array(bits.buffer)
function rootBits(a: number, b: number): number {
  float[0] = Math.sqrt(a * b)
  return bits[0]! & size
}

function floatsOf(ints: Int32Array): Float32Array {
  return new Float32Array(ints.buffer, ints.byteOffset, ints.length)
}
