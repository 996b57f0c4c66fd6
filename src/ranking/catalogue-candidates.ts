import { prefixed, type SavedArrays, withPrefix } from '../state/saved-arrays.ts'
import { itemTokens } from './item-tokens.ts'
import type { Popularity } from './popularity.ts'
import type { SourceShare } from './sources/candidate-source.ts'
import { newItems } from './sources/new-items.ts'
import { ownTaste } from './sources/own-taste.ts'

/** What the catalogue adds to lists: items by their tags, categories and vectors, and items that nobody has met yet. */
export interface CatalogueCandidates {
  readonly sources: readonly SourceShare[]
  /** The numbers of the tokens of items, −1 for none, at item · perItem. */
  readonly tokensOfItems: Int32Array
  /** How much an item has of what the user likes for whom candidates were found last; 0 where nothing is known. */
  affinity(item: number): number
  /** Whether few lists have held an item, and few users have met it. */
  isNew(item: number): boolean
  /** When an item was first met, by its record or by an event, as a number that rises from one to the next. */
  order(item: number): number
  /** An item is known from now on, before its first event. */
  came(item: number): void
  /** An event is the first that is known of an item. */
  appeared(item: number): void
  /** Its features, as tokens such as "brand=Ash", and its numbers, such as "#vector=0.3,-1.2". */
  describe(item: number, tokens: readonly string[]): void
  measure(item: number, tokens: readonly string[]): void
  /** An event after which somebody wants its item by so much more, and whether it is the first of that user and item. */
  event(item: number, more: number, isFirst: boolean): void
  /** A list was made of these items. */
  listed(items: Iterable<number>): void
  /** Two items have changed slots. */
  exchanged(a: number, b: number): void
  reset(item: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export function catalogueCandidates(popularity: Pick<Popularity, 'rank'>): CatalogueCandidates {
  const tokens = itemTokens(popularity.rank)
  const taste = ownTaste(tokens)
  const fresh = newItems()
  return {
    sources: [
      { source: fresh, share: 0.04 },
      { source: taste, share: 0.2 },
    ],
    get tokensOfItems() {
      return tokens.ofItems
    },
    affinity: taste.affinity,
    isNew: fresh.isNew,
    order: fresh.order,
    came: fresh.came,
    appeared: fresh.appeared,
    describe: tokens.describe,
    measure: tokens.measure,
    event(item, more, isFirst) {
      if (isFirst) fresh.met(item)
      tokens.event(item, more)
    },
    listed: fresh.listed,
    exchanged(a, b) {
      tokens.exchanged(a, b)
      fresh.exchanged(a, b)
    },
    reset(item) {
      tokens.reset(item)
      fresh.reset(item)
    },
    save: items => ({ ...prefixed('tokens', tokens.save(items)), ...prefixed('new', fresh.save(items)) }),
    restore(arrays) {
      tokens.restore(withPrefix('tokens', arrays))
      fresh.restore(withPrefix('new', arrays))
    },
  }
}
