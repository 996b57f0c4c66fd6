import { hashText } from '../../state/hash.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { savedTexts, textsOf } from '../../state/saved-texts.ts'
import { columnSet, floatColumn, intColumn } from '../../state/slot-column.ts'
import { everyRow, type UserRows } from '../../state/user-rows.ts'
import { slotSweep } from './slot-sweep.ts'
import { tokenEvidence } from './token-evidence.ts'

/** Hashed features of a table's slots, `width` numbers each, of length 1 or all zero. */
export interface FeatureTable {
  readonly width: number
  /** Goes up when features are seen in another light than before. */
  readonly epoch: number
  /** Take in a slot's features as they are joined now: a JSON array of tokens; '' leaves them as they were. */
  set(slot: number, features: string): void
  /** The tokens in such a text that count, in no order of theirs, and all that are no numbers, those that count first. */
  tokens(features: string): FeatureTokens
  /** Somebody or something else has this slot, by the hash of the id. */
  reset(slot: number, hash: number): void
  /** Copy a slot's numbers to `target` at `to`; slot −1 is nothing known, all zero. */
  write(slot: number, target: Float64Array, to: number): void
  save(slots: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export interface FeatureTokens {
  counted: readonly string[]
  all: readonly string[]
}

export interface FeatureTableOptions {
  width?: number
  /** Receives the tokens of a slot, as `tokens` tells them. */
  changed?: (slot: number, counted: readonly string[], all: readonly string[]) => void
  /** Receives tokens that begin with "#", which hold numbers and are categories of nothing. */
  measured?: (slot: number, tokens: readonly string[]) => void
  /** Whether what is known of a slot says something of others: whoever has had no event is seen as others are, and changes nothing. */
  isEvidence?: (slot: number) => boolean
  /**
   * Keep the texts, and look at slots again, two below `learned` and two above at every `set`, once evidence has come that
   * changes what counts. Without, a slot is looked at again when it is set again.
   */
  lookAgain?: { learned: () => number; size: () => number }
  /** The slots are users, whose rows may be on disk; not with `lookAgain`. */
  rows?: UserRows
}

/**
 * Feature tokens by signed hashing: any token of any domain, no vocabulary to keep, in any order and any number.
 *
 *     table.set(0, '["genre=Drama","year=1994"]')
 *
 * Each token counts by the evidence for it (`tokenEvidence`), a number also by its distance from the mean.
 * Sixteen numbers keep a dozen tokens apart well enough; tokens that collide share a weight.
 */
export function featureTable(options: FeatureTableOptions = {}): FeatureTable {
  const { width = 16, changed = () => {}, measured = () => {}, isEvidence = () => true, lookAgain } = options
  const { rows = everyRow } = options
  const evidence = tokenEvidence()
  const values = floatColumn(width)
  // Hashes of the id, of the text and of what does not belong to an event in it; the epoch in which they were looked at.
  const [ids, texts, lasting, epochs] = [intColumn(), intColumn(), intColumn(), intColumn(1, -1)]
  /** Hash of the tokens that `changed` received last; 0: none. Whoever receives them again may let them count anew. */
  const told = intColumn()
  const columns = columnSet({ values, ids, texts, lasting, epochs, told })
  rows.hold(columns)
  let kept: string[] = []
  const [front, back] = [slotSweep(), slotSweep()]

  const count = (slot: number, tokens: readonly string[]): void => {
    const ofEvent = tokens.filter(isOfEvent)
    const row = rows.of(slot)
    const id = ids.data[row]!
    if (ofEvent.length > 0) evidence.count(id, ofEvent)
    const own = tokens.filter(token => !isOfEvent(token))
    const hash = own.length === 0 ? 0 : hashText(own.join('\n')) | 0
    if (hash === 0 || lasting.data[row] === hash) return
    lasting.data[row] = hash
    evidence.count(id, own)
  }
  const add = (text: string, weight: number, row: number): void => {
    const hash = hashText(text)
    values.data[row * width + (hash % width)]! += hash & 0x10000 ? weight : -weight
  }
  const look = (slot: number, own: readonly string[]): void => {
    const weighed = evidence.weigh(own)
    const row = rows.of(slot)
    epochs.data[row] = evidence.epoch
    values.reset(row)
    for (const { text, weight } of weighed.counted) add(text, weight, row)
    for (const { name, standing } of weighed.standings) add(name, standing / 2, row)
    toUnitLength(values.data, row * width, width)
    const counted = weighed.counted.map(({ text }) => text)
    const all = everything(counted, own)
    // Most slots that are looked at again have the tokens that they had, and only these concern others.
    const hash = hashText([...counted, '', ...all.slice(counted.length)].join('\n')) | 0 || 1
    if (told.data[row] === hash) return
    told.data[row] = hash
    changed(slot, counted, all)
  }
  const lookAt = (slot: number): void => {
    const text = kept[slot] ?? ''
    if (text !== '' && epochs.data[slot] !== evidence.epoch) look(slot, categories(tokensOf(text)))
  }

  return {
    width,
    get epoch() {
      return evidence.epoch
    },
    set(slot, features) {
      const counts = isEvidence(slot)
      if (lookAgain !== undefined && counts) {
        front.next(evidence.epoch, 0, lookAgain.learned(), lookAt)
        back.next(evidence.epoch, lookAgain.learned(), lookAgain.size(), lookAt)
      }
      if (features === '') return
      const row = rows.of(slot)
      const known = lookAgain !== undefined && kept[slot] === features
      const hash = known ? texts.data[row]! : hashText(features) | 0
      const same = texts.data[row] === hash
      if (same && epochs.data[row] === evidence.epoch) return
      texts.data[row] = hash
      if (!same) told.data[row] = 0
      if (lookAgain !== undefined) kept[slot] = features
      const all = tokensOf(features)
      const own = categories(all)
      if (counts && !same) count(slot, own)
      look(slot, own)
      if (!same) measured(slot, all.filter(isMeasure))
    },
    tokens(features) {
      const own = categories(tokensOf(features))
      const counted = evidence.weigh(own).counted.map(({ text }) => text)
      return { counted, all: everything(counted, own) }
    },
    reset(slot, hash) {
      const row = rows.of(slot)
      columns.reset(row)
      ids.data[row] = hash
      if (lookAgain !== undefined) kept[slot] = ''
    },
    write(slot, target, to) {
      if (slot < 0) target.fill(0, to, to + width)
      else for (let k = 0, from = rows.of(slot) * width; k < width; k++) target[to + k] = values.data[from + k]!
    },
    save: slots => ({
      ...columns.save(rows.saved(slots)),
      ...prefixed('evidence', evidence.save()),
      ...prefixed('kept', savedTexts(Array.from({ length: kept.length }, (_, slot) => kept[slot] ?? ''))),
      sweeps: Float64Array.of(...front.state, ...back.state),
    }),
    restore(arrays) {
      // Before it was saved nobody was told.
      columns.restore({ told: new Int32Array(arrays['ids']!.length), ...arrays })
      evidence.restore(withPrefix('evidence', arrays))
      kept = textsOf(withPrefix('kept', arrays))
      const sweeps = arrays['sweeps'] as Float64Array
      front.state.set(sweeps.subarray(0, 3))
      back.state.set(sweeps.subarray(3))
    },
  }
}

const isMeasure = (token: string): boolean => token.charCodeAt(0) === 0x23
const isOfEvent = (token: string): boolean => token.charCodeAt(0) === 0x40

const categories = (tokens: readonly string[]): readonly string[] =>
  tokens.some(isMeasure) ? tokens.filter(token => !isMeasure(token)) : tokens

/** Tokens that count and are there as such, then those that stand for numbers, then those that do not count yet. */
function everything(counted: readonly string[], own: readonly string[]): string[] {
  const given = new Set(own)
  const told = new Set(counted)
  return [
    ...counted.filter(token => given.has(token)),
    ...counted.filter(token => !given.has(token)),
    ...[...given].filter(token => !told.has(token)).sort(),
  ]
}

function tokensOf(features: string): string[] {
  try {
    const tokens: unknown = JSON.parse(features)
    return Array.isArray(tokens) ? tokens.map(String) : []
  } catch {
    return []
  }
}

function toUnitLength(values: Float32Array, from: number, width: number): void {
  let square = 0
  for (let k = from; k < from + width; k++) square += values[k]! ** 2
  if (square > 0) for (let k = from; k < from + width; k++) values[k]! /= Math.sqrt(square)
}
