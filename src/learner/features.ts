import { hashText } from '../state/hash.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'
import { floatColumn } from '../state/slot-column.ts'

/** Hashed features of a table's slots, `featureSize` numbers each, of length 1 or all zero. */
export interface FeatureTable {
  readonly width: number
  /** Take in a slot's features as they are joined now: a JSON array of tokens; '' leaves them as they were. */
  set(slot: number, features: string): void
  /** The tokens in such a text that are categories. */
  tokens(features: string): readonly string[]
  reset(slot: number): void
  /** Copy a slot's numbers to `target` at `to`; slot −1 is nothing known, all zero. */
  write(slot: number, target: Float64Array, to: number): void
  save(slots: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * Feature tokens by signed hashing: any token of any domain, no vocabulary to keep.
 *
 *     table.set(0, '["genre=Drama","year=1994"]')
 *
 * `changed` receives the tokens of a slot whose text is not the one of before. Tokens that begin with "#" hold numbers and are
 * categories of nothing: `measured` alone receives them.
 * Sixteen numbers keep a dozen tokens apart well enough; tokens that collide share a weight.
 */
export function featureTable(
  width = 16,
  changed: (slot: number, tokens: readonly string[]) => void = () => {},
  measured: (slot: number, tokens: readonly string[]) => void = () => {},
): FeatureTable {
  const column = floatColumn(width)
  let texts: (string | undefined)[] = []
  return {
    width,
    set(slot, features) {
      if (features === '' || texts[slot] === features) return
      texts[slot] = features
      column.reset(slot)
      const all = tokensOf(features)
      const tokens = all.some(isMeasure) ? all.filter(token => !isMeasure(token)) : all
      hashTokens(tokens, column.data, slot * width, width)
      changed(slot, tokens)
      measured(slot, tokens === all ? noTokens : all.filter(isMeasure))
    },
    tokens: features => tokensOf(features).filter(token => !isMeasure(token)),
    reset(slot) {
      column.reserve(slot + 1)
      column.reset(slot)
      texts[slot] = undefined
    },
    write(slot, target, to) {
      if (slot < 0) target.fill(0, to, to + width)
      else for (let k = 0, from = slot * width; k < width; k++) target[to + k] = column.data[from + k]!
    },
    save: slots => ({ values: column.save(slots) }),
    restore(arrays) {
      column.restore(arrays['values'] as Float32Array)
      texts = []
    },
  }
}

const isMeasure = (token: string): boolean => token.charCodeAt(0) === 0x23
const noTokens: readonly string[] = []

function tokensOf(features: string): string[] {
  try {
    const tokens: unknown = JSON.parse(features)
    return Array.isArray(tokens) ? tokens.map(String) : []
  } catch {
    return []
  }
}

function hashTokens(tokens: readonly string[], target: Float32Array, to: number, width: number): void {
  for (const token of tokens) {
    const hash = hashText(token)
    target[to + (hash % width)]! += hash & 0x10000 ? 1 : -1
  }
  let square = 0
  for (let k = 0; k < width; k++) square += target[to + k]! ** 2
  if (square > 0) for (let k = 0; k < width; k++) target[to + k]! /= Math.sqrt(square)
}
