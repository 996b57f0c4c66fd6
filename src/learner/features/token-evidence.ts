import { keyTable } from '../../predictors/ensemble/watch/key-table.ts'
import { attributeValue } from '../../records/attribute-value.ts'
import { hashText } from '../../state/hash.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { savedTexts, textsOf } from '../../state/saved-texts.ts'
import { type NumberBins, numberBins } from './number-bins.ts'

/** A token that says something of others than its holder, and how much it may be believed, 0 … 1. */
export interface WeighedToken {
  text: string
  weight: number
}

export interface WeighedTokens {
  /**
   * The tokens that count, in an order that is not that of those given: those that three have at least, most common first,
   * and for a number that few have the halves, quarters and eighths of all numbers that it lies in, such as "price in 3/4".
   */
  counted: WeighedToken[]
  /** Where the numbers among the tokens stand, by name. */
  standings: { name: string; standing: number }[]
}

/** Which feature tokens are worth learning from: how many have each of them, and what the numbers among them are. */
export interface TokenEvidence {
  /** Somebody, by the hash of the id, has these tokens; the same holder does not count twice in a row. */
  count(holder: number, tokens: readonly string[]): void
  /** Goes up when tokens are seen in another light than before. */
  readonly epoch: number
  weigh(tokens: readonly string[]): WeighedTokens
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Holders that a token needs: what one alone has, such as a number of theirs, says nothing that the id does not say. */
const leastHolders = 3
/** Holders from which on a number speaks for itself, as years and codes do; what it lies in would only repeat it. */
const enoughHolders = 16
/** Holders at which a token is believed by half. */
const halfBelieved = 8
/** Tokens whose holders are counted; those with the fewest give way. */
const capacity = 262_144
/** Attributes whose numbers are looked at. */
const mostNames = 64
const firstEpoch = 4
const epochGrowth = 1.5
const resolutions = [2, 4, 8] as const

/**
 * Counts of holders by token, and bins by attribute, in bounded memory.
 *
 *     evidence.count(hashText('ann'), ['city=Oslo', 'serial=a81f', 'age=34'])
 *     evidence.weigh(['city=Oslo', 'serial=77c2', 'age=35']).counted   // city=Oslo once three have it, age in 1/2 …, no serial
 *
 * What follows from the counts changes only at epochs, each after half as many descriptions again as the one before.
 */
export function tokenEvidence(): TokenEvidence {
  // First: the last holder, as 24 bits. Second: holders.
  const table = keyTable({ capacity })
  const numbers = new Map<string, NumberBins>()
  const state = Float64Array.of(0, 0, firstEpoch) // descriptions, the epoch, descriptions at the next one

  const holdersOf = (token: string): number => {
    const at = table.find(keyFor(token))
    return at < 0 ? 0 : table.values[2 * at + 1]!
  }
  const noteNumber = (token: string): void => {
    const name = nameOf(token)
    if (name === null) return
    const value = numberIn(token, name)
    const bins = numbers.get(name)
    if (bins !== undefined) bins.add(value)
    else if (value !== null && numbers.size < mostNames) {
      const fresh = numberBins()
      fresh.add(value)
      numbers.set(name, fresh)
    }
  }
  /** The number in a token and the bins of its attribute; null where it is none, or one of an attribute of codes. */
  const numberOf = (token: string): { name: string; value: number; bins: NumberBins } | null => {
    const name = nameOf(token)
    const bins = name === null ? undefined : numbers.get(name)
    if (bins === undefined || !bins.settled) return null
    const value = numberIn(token, name!)
    return value === null ? null : { name: name!, value, bins }
  }

  return {
    count(holder, tokens) {
      const owner = holder & 0xffffff
      for (const token of tokens) {
        const at = 2 * table.admit(keyFor(token))
        if (table.values[at + 1] === 0 || table.values[at] !== owner) {
          table.values[at] = owner
          table.values[at + 1]! += 1
        }
        noteNumber(token)
      }
      state[0]! += 1
      if (state[0]! < state[2]!) return
      state[1]! += 1
      state[2] = Math.ceil(epochGrowth * state[0]!)
      for (const bins of numbers.values()) bins.settle()
    },
    get epoch() {
      return state[1]!
    },
    weigh(tokens) {
      const found: { text: string; holders: number }[] = []
      const standings: WeighedTokens['standings'] = []
      const seen = new Set<string>()
      for (const token of tokens) {
        const number = numberOf(token)
        if (number !== null) standings.push({ name: number.name, standing: number.bins.standing(number.value) })
        if (seen.has(token)) continue
        seen.add(token)
        const holders = holdersOf(token)
        if (holders >= leastHolders) found.push({ text: token, holders })
        if (number === null || holders >= enoughHolders) continue
        const { name, value, bins } = number
        for (const count of resolutions) {
          const text = `${name} in ${bins.bin(value, count) + 1}/${count}`
          found.push({ text, holders: Math.max(leastHolders, state[0]! / count) })
        }
      }
      found.sort((a, b) => b.holders - a.holders || (a.text < b.text ? -1 : 1))
      return {
        counted: found.map(({ text, holders }) => ({ text, weight: holders / (holders + halfBelieved) })),
        standings,
      }
    },
    save: () => ({
      ...prefixed('table', table.save()),
      ...prefixed('names', savedTexts([...numbers.keys()])),
      ...Object.assign({}, ...[...numbers.values()].map((bins, k) => prefixed(`numbers${k}`, bins.save()))),
      state: state.slice(),
    }),
    restore(arrays) {
      table.restore(withPrefix('table', arrays))
      numbers.clear()
      for (const [k, name] of textsOf(withPrefix('names', arrays)).entries()) {
        const bins = numberBins()
        bins.restore(withPrefix(`numbers${k}`, arrays))
        numbers.set(name, bins)
      }
      state.set(arrays['state'] as Float64Array)
    },
  }
}

/** A key of the table; 0 is none. */
const keyFor = (token: string): number => hashText(token) | 0 || 1

/** The attribute that a token is of; null for a tag and for a token without a name, which are names of kinds, not values. */
function nameOf(token: string): string | null {
  const end = token.indexOf('=')
  const name = end < 0 ? '' : token.slice(0, end)
  return name === '' || name === 'tag' ? null : name
}

function numberIn(token: string, name: string): number | null {
  const value = attributeValue(token.slice(name.length + 1))
  return typeof value === 'number' ? value : null
}
