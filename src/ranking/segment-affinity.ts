import { featurePlaces } from '../predictors/ensemble/feature-places.ts'
import { hashText } from '../state/hash.ts'
import { prefixed, type SavedArrays, withPrefix } from '../state/saved-arrays.ts'
import { floatColumn } from '../state/slot-column.ts'
import { everyRow } from '../state/user-rows.ts'

/** Which kinds of people pick which items; kinds come from the users' feature tokens. */
export interface SegmentAffinity {
  /** What is known of a user, as tokens such as "age=25-34". */
  describe(user: number, tokens: readonly string[]): void
  /** The same of whoever asks, of whom nothing may stay: what nobody else has shown says nothing. */
  foresee(user: number, tokens: readonly string[]): void
  learn(user: number, item: number): void
  /** How much more than all people those like this user pick an item; 0 if as often. */
  appeal(user: number): (item: number) => number
  resetUser(slot: number): void
  resetItem(slot: number): void
  save(users: number, items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Kinds of token that are told apart, and tokens of a user that count. */
const kinds = 128
const tokensKept = 64
/** Attributes with a weight of their own, by hash. */
const names = 64
const firstWeight = 0.5
const mostWeight = 1.5
/** Items picked of late, one of which each pick is compared with. */
const compared = 64

/**
 * Counts of an item's events by token, and weights that say how much each attribute tells: Σ w · 2(c − e)/(c + 5e), which is
 * about the logarithm of (c + 2e)/3e, for c events of people with the token where e would be expected.
 *
 *     affinity.describe(user, ['age=25-34', 'gender=F'])
 *     affinity.appeal(user)(item)   // 0 if women of that age pick it as often as anything else
 *
 * Each ratio is drawn to 1 by twice what would be expected, so that few events say little. An attribute's weight follows
 * from whether it told a user's pick of an item from an item that somebody else picked lately (logistic regression of
 * pairs, Adagrad): the weight of noise goes to nothing. 512 bytes an item, one a token of a user.
 */
export function segmentAffinity(rows = everyRow): SegmentAffinity {
  const places = featurePlaces({ size: kinds, perSlot: tokensKept, rows })
  const counts = floatColumn(kinds)
  const totals = new Float64Array(kinds) // events by kind; of all at 0
  const nameOfKind = new Uint8Array(kinds)
  const weights = new Float64Array(names).fill(firstWeight)
  const squares = new Float64Array(names).fill(1)
  const lately = new Int32Array(compared).fill(-1)
  const differences = new Float64Array(names)

  /** What a token of a kind says of an item: 0 if those who have it pick it as often as others do. */
  const lift = (kind: number, item: number, count: number): number => {
    const expected = (count * totals[kind]!) / totals[0]!
    const found = counts.data[item * kinds + kind]!
    return (2 * (found - expected)) / (found + 5 * expected)
  }
  /** Compare a pick with an item that somebody else picked. */
  const weigh = (user: number, item: number, other: number): void => {
    const { data } = places
    differences.fill(0)
    let sum = 0
    for (let at = places.from(user), to = places.to(user); at < to; at++) {
      const kind = data[at]!
      if (totals[kind] === 0) continue
      const name = nameOfKind[kind]!
      const difference =
        lift(kind, item, counts.data[item * kinds]! + 1) - lift(kind, other, counts.data[other * kinds]! + 1)
      differences[name]! += difference
      sum += weights[name]! * difference
    }
    const error = 1 / (1 + Math.exp(sum))
    for (let name = 0; name < names; name++) {
      const gradient = error * differences[name]!
      if (gradient === 0) continue
      squares[name]! += gradient * gradient
      const moved = weights[name]! + (rate * gradient) / Math.sqrt(squares[name]!)
      weights[name] = Math.min(mostWeight, Math.max(0, moved))
    }
  }

  return {
    describe(user, tokens) {
      const own = tokens.filter(isLasting)
      places.set(user, own, () => {})
      for (const token of own) nameOfKind[places.placeOf(token)] = hashText(attributeOf(token)) % names
    },
    foresee(user, tokens) {
      const known = tokens.filter(token => isLasting(token) && places.has(token))
      places.set(user, known, () => {})
    },
    learn(user, item) {
      const at = totals[0]! % compared
      const other = lately[at]!
      if (other >= 0 && other !== item) weigh(user, item, other)
      lately[at] = item
      totals[0]! += 1
      counts.data[item * kinds]! += 1
      const { data } = places
      for (let k = places.from(user), to = places.to(user); k < to; k++) {
        counts.data[item * kinds + data[k]!]! += 1
        totals[data[k]!]! += 1
      }
    },
    appeal(user) {
      const own: { kind: number; weight: number }[] = []
      const { data } = places
      for (let at = places.from(user), to = places.to(user); at < to; at++) {
        const kind = data[at]!
        const weight = weights[nameOfKind[kind]!]!
        if (weight > 0 && totals[kind]! > 0) own.push({ kind, weight })
      }
      return item => {
        const count = counts.data[item * kinds]! + 1
        let sum = 0
        for (const { kind, weight } of own) sum += weight * lift(kind, item, count)
        return sum
      }
    },
    resetUser: places.reset,
    resetItem(slot) {
      counts.reserve(slot + 1)
      counts.reset(slot)
      for (let k = 0; k < compared; k++) if (lately[k] === slot) lately[k] = -1
    },
    save: (users, items) => ({
      ...prefixed('places', places.save(users)),
      counts: counts.save(items),
      totals: totals.slice(),
      names: nameOfKind.slice(),
      weights: weights.slice(),
      squares: squares.slice(),
      lately: lately.slice(),
    }),
    restore(arrays) {
      places.restore(withPrefix('places', arrays))
      counts.restore(arrays['counts'] as Float32Array)
      totals.set(arrays['totals'] as Float64Array)
      nameOfKind.set(arrays['names'] as Uint8Array)
      weights.set(arrays['weights'] as Float64Array)
      squares.set(arrays['squares'] as Float64Array)
      lately.set(arrays['lately'] as Int32Array)
    },
  }
}

const rate = 0.1

/** What begins with @ belongs to one event, not to the user. */
const isLasting = (token: string): boolean => !token.startsWith('@')

/** What a token is a value of: "age" of "age=25-34" and of "age in 3/8". */
function attributeOf(token: string): string {
  const end = token.search(/=| in \d\/\d$/)
  return end < 0 ? token : token.slice(0, end)
}
