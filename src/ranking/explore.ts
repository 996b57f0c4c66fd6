import type { PlaceRules } from '../rules/place-rules.ts'
import type { Random } from '../state/random.ts'

/** One slot of a list as it was drawn. */
export interface Draw {
  /** Index into the candidates. */
  index: number
  /** Probability with which this slot shows this candidate, given the slots above it. */
  propensity: number
  explored: boolean
}

/** Candidates from which slots are drawn. */
export interface Drawn {
  /** Item of each candidate. */
  items: ArrayLike<number>
  count: number
  /** Slots to draw. */
  length: number
  /** What rules say of the slots; they know the candidates already. Null: every candidate may stand in every slot. */
  places: PlaceRules | null
  /** Between the best key and the worst: what an item loses for likeness is measured by it. */
  span: number
}

/** How slots explore. */
export interface Exploring {
  /** Share of slots that show any candidate, at random. */
  epsilon: number
  /** Share of slots that show one of those that are new, at random, where there is one. */
  newItems: number
  isNew: (item: number) => boolean
}

/**
 * Draw a list slot by slot: with probability 1 − ε the best candidate that may stand there, else one of those at random.
 *
 * With m candidates that rules leave at a slot, the best has propensity 1 − ε + ε/m and any other ε/m, whichever way it was
 * drawn: the logging policy's true probability, which is what off-policy evaluation divides by. A share σ for new items, of
 * which there are n, makes that (1 − σ) of it, and σ/n more for each of them. It conditions on the slots above; the whole
 * list's propensity is the product.
 */
export function drawList(drawn: Drawn, keys: ArrayLike<number>, exploring: Exploring, random: Random): Draw[] {
  const { epsilon, isNew } = exploring
  // Mostly there is none that is new, and then no slot looks for one.
  const news = exploring.newItems > 0 ? newAmong(drawn, isNew) : null
  const newItems = news === null ? 0 : exploring.newItems
  return drawSlots(drawn, (left, open, count, bestBy) => {
    const best = bestBy(keys)
    const fresh: number[] = []
    if (news !== null) for (let k = 0; k < count; k++) if (news[left[open[k]!]!] === 1) fresh.push(open[k]!)
    const share = fresh.length === 0 ? 0 : newItems
    const forNew = share > 0 && random.uniform() < share
    const explored = forNew || random.uniform() < epsilon
    const at = forNew ? fresh[random.integer(fresh.length)]! : explored ? open[random.integer(count)]! : best
    const ordinary = (at === best ? 1 - epsilon : 0) + epsilon / count
    const propensity = (1 - share) * ordinary + (fresh.includes(at) ? share / fresh.length : 0)
    return { at, propensity, explored }
  })
}

/**
 * Draw a list by Thompson sampling: every slot shows the best candidate that may stand there under a taste drawn afresh.
 *
 * `judge` draws a taste and writes the key of every candidate. A slot's propensity, given the slots above it, has no closed
 * form: it is the share of `runs` further tastes, and of the one that was served, under which the same candidate comes
 * first. So it is never 0, is no finer than 1/(1 + runs), and errs upwards by at most that.
 */
export function drawThompson(drawn: Drawn, judge: (keys: Float64Array) => void, runs: number): Draw[] {
  const others = Array.from({ length: runs }, () => {
    const keys = new Float64Array(drawn.count)
    judge(keys)
    return keys
  })
  const keys = new Float64Array(drawn.count)
  return drawSlots(drawn, (_left, _open, _count, bestBy) => {
    judge(keys)
    const at = bestBy(keys)
    const alike = others.filter(each => bestBy(each) === at).length
    return { at, propensity: (1 + alike) / (1 + runs), explored: false }
  })
}

/** 1 for each candidate that is new; null where none is. */
function newAmong({ items, count }: Drawn, isNew: (item: number) => boolean): Uint8Array | null {
  let news: Uint8Array | null = null
  for (let c = 0; c < count; c++) {
    if (!isNew(items[c]!)) continue
    news ??= new Uint8Array(count)
    news[c] = 1
  }
  return news
}

/** Chooses among the candidates that may stand in a slot: places `open[0 … count − 1]` of those `left`. */
type Choose = (
  left: ArrayLike<number>,
  open: Int32Array,
  count: number,
  /** The place of the best of them by these keys; the lower index comes first among equals. */
  bestBy: (keys: ArrayLike<number>) => number,
) => { at: number; propensity: number; explored: boolean }

function drawSlots({ items, count, length, places, span }: Drawn, choose: Choose): Draw[] {
  const [left, itemsLeft, open] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)]
  for (let index = 0; index < count; index++) {
    left[index] = open[index] = index
    itemsLeft[index] = items[index]!
  }
  const draws: Draw[] = []
  for (let size = count; draws.length < length && size > 0; size--) {
    const held = places === null ? size : places.open(itemsLeft, size, open)
    if (held === 0) break
    const bestBy = (keys: ArrayLike<number>): number => {
      let first = open[0]!
      let top = Number.NEGATIVE_INFINITY
      if (places === null) {
        for (let at = 0; at < held; at++) {
          const key = keys[left[at]!]!
          if (key > top) [first, top] = [at, key]
        }
        return first
      }
      for (let k = 0; k < held; k++) {
        const at = open[k]!
        const key = keys[left[at]!]! - span * places.loss(itemsLeft[at]!)
        if (key > top) [first, top] = [at, key]
      }
      return first
    }
    const { at, propensity, explored } = choose(left, open, held, bestBy)
    draws.push({ index: left[at]!, propensity, explored })
    places?.take(itemsLeft[at]!)
    for (const each of [left, itemsLeft]) each.copyWithin(at, at + 1, size)
  }
  return draws
}
