import type { ItemFacts } from '../../agents/catalogue.ts'
import { hashText } from '../../state/hash.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { savedTexts, textsOf } from '../../state/saved-texts.ts'
import { columnSet, doubleColumn, floatColumn, intColumn } from '../../state/slot-column.ts'

/** T, themes that are told apart. */
const themeCount = 32
/** Coordinates by which an item without words is described. */
const coordinates = 3

/** Facts of items for agents, kept up as events come. */
export interface KeptFacts {
  /** The same object every time; its arrays are others once there are more items. */
  readonly facts: ItemFacts
  /** Tokens of an item, those that count and all of them. */
  describe(item: number, counted: readonly string[], all: readonly string[]): void
  /** Numbers that stand for an item as long as no word does. */
  place(item: number, vector: Float32Array, from: number, to: number): void
  /** What everybody's events say of an item by now. */
  learned(item: number, said: { bias: number; met: number }): void
  /** An event with the item. */
  meet(item: number, time: number): void
  /** Make room for items 0 … items − 1. */
  reserve(items: number): void
  reset(item: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * Themes are an item's tags in equal shares; without tags its other words that several items have (a category, a brand);
 * without words the three largest coordinates of its vector by their squares, each sign a theme of its own.
 *
 *     const kept = itemFacts()
 *     kept.describe(0, [], ['tag=Drama', 'tag=War', 'year=1994'])   // half a share each
 *
 * The first 32 words have a theme each, which has the word's name; later ones share them by hash. 152 bytes an item.
 */
export function itemFacts(): KeptFacts {
  const columns = {
    shares: floatColumn(themeCount),
    bias: floatColumn(),
    met: floatColumn(),
    since: doubleColumn(1, Number.NaN),
    /** What was taken in of an item's words; 0: none. */
    words: intColumn(),
  }
  const set = columnSet(columns)
  const reserve = (items: number) => {
    for (const column of Object.values(columns)) column.reserve(items)
  }
  let version = 1
  /** Hashes of words in the order in which they came. */
  let known: number[] = []
  /** What themes are called, in the same order. */
  let names: string[] = []
  const themeOf = (word: string): number => {
    const hash = hashText(word)
    const place = known.indexOf(hash)
    if (place >= 0) return place
    if (known.length < themeCount) {
      names.push(word.replace(/^tag=/, ''))
      return known.push(hash) - 1
    }
    const shared = hash % themeCount
    names[shared] = `${names[shared]!.replace(/ and others$/, '')} and others`
    return shared
  }

  const facts: ItemFacts = {
    get version() {
      return version
    },
    shareSize: themeCount,
    get shares() {
      return columns.shares.data
    },
    get bias() {
      return columns.bias.data
    },
    get met() {
      return columns.met.data
    },
    get since() {
      return columns.since.data
    },
    themeName: theme => names[theme] ?? null,
  }

  return {
    facts,
    describe(item, counted, all) {
      const tags = all.filter(token => token.startsWith('tag='))
      const words = (tags.length > 0 ? tags : counted.filter(isWord)).toSorted()
      const hash = words.length === 0 ? 0 : hashText(words.join('\n')) | 0
      columns.words.reserve(item + 1)
      if (hash === columns.words.data[item]) return
      columns.words.data[item] = hash
      columns.shares.reserve(item + 1)
      columns.shares.reset(item)
      for (const word of words) columns.shares.data[item * themeCount + themeOf(word)]! += 1 / words.length
      version += 1
    },
    place(item, vector, from, to) {
      columns.words.reserve(item + 1)
      if (columns.words.data[item] !== 0) return
      columns.shares.reserve(item + 1)
      columns.shares.reset(item)
      const taken: number[] = []
      for (let k = from; k < to; k++) {
        const size = Math.abs(vector[k]!)
        if (size === 0 || (taken.length === coordinates && size <= Math.abs(vector[taken.at(-1)!]!))) continue
        const place = taken.findIndex(other => Math.abs(vector[other]!) < size)
        taken.splice(place < 0 ? taken.length : place, 0, k)
        if (taken.length > coordinates) taken.pop()
      }
      const total = taken.reduce((sum, k) => sum + vector[k]! ** 2, 0)
      for (const k of taken) {
        const theme = (2 * (k - from) + (vector[k]! > 0 ? 1 : 0)) % themeCount
        columns.shares.data[item * themeCount + theme]! += vector[k]! ** 2 / total
      }
    },
    learned(item, { bias, met }) {
      reserve(item + 1)
      columns.bias.data[item] = bias
      columns.met.data[item] = met
      version += 1
    },
    meet(item, time) {
      reserve(item + 1)
      if (Number.isNaN(columns.since.data[item]!)) columns.since.data[item] = time
    },
    reserve,
    reset(item) {
      set.reset(item)
      version += 1
    },
    save: items => {
      reserve(items)
      return { ...set.save(items), known: Float64Array.from(known), ...prefixed('names', savedTexts(names)) }
    },
    restore(arrays) {
      set.restore(arrays)
      known = [...(arrays['known'] as Float64Array)]
      names = textsOf(withPrefix('names', arrays))
      version += 1
    },
  }
}

/** Whether a token is neither a number nor a bin of numbers. */
const isWord = (token: string): boolean => !/(=-?[\d.]*| in \d+\/\d+)$/.test(token)
