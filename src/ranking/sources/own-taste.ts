import { bestWidth, type ItemTokens, newestWidth, perItem } from '../item-tokens.ts'
import type { CandidateRequest, CandidateSource } from './candidate-source.ts'

/** Items with the tags, categories and vectors that the user picks more often than others do, and is less often against. */
export interface OwnTaste extends CandidateSource {
  /** How much an item has of what the user at hand likes: Σ of its tokens' values; of the user who was looked at last. */
  affinity(item: number): number
  /** Look at a user's last items. */
  look(request: Looked): void
}

type Looked = Pick<CandidateRequest, 'history' | 'held' | 'unwanted' | 'unwantedHeld'>

/**
 * A token's value is s · log⁺(s′ / b): its share s of the user's last items (the h-th last weighs .93^h) times how far that
 * is above its share b of everybody's picks; s′ is s drawn to b by one event. What the user is against
 * counts against it likewise, as far as it is more of that than of what the user likes.
 *
 * Of the eight tokens of most value come the best and the newest items, each token's part of the room by its value: work
 * that does not grow with the catalogue.
 */
export function ownTaste(tokens: ItemTokens): OwnTaste {
  let weights = new Float64Array(1024)
  let against = new Float64Array(1024)
  let values = new Float64Array(1024)
  let turns = new Int32Array(1024)
  let taken = new Int32Array(1024)
  let turn = 0
  let liked: number[] = []

  /** Add up what items have into `sums`; returns what they all weigh. */
  const weigh = (items: Int32Array, held: number, sums: Float64Array): number => {
    const { ofItems } = tokens
    let total = 0
    for (let h = 0, weight = 1; h < held; h++, weight *= fade) {
      if (items[h]! < 0) continue
      total += weight
      for (let at = items[h]! * perItem, end = at + perItem; at < end; at++) {
        const token = ofItems[at]!
        if (token < 0) continue
        if (turns[token] !== turn) {
          turns[token] = turn
          weights[token] = 0
          against[token] = 0
          liked.push(token)
        }
        sums[token]! += weight
      }
    }
    return total
  }

  const look = ({ history, held, unwanted, unwantedHeld }: Looked): void => {
    turn += 1
    if (turns.length < tokens.size) {
      const room = 2 * tokens.size
      weights = new Float64Array(room)
      against = new Float64Array(room)
      values = new Float64Array(room)
      turns = new Int32Array(room)
    }
    liked = []
    const wanted = weigh(history, held, weights)
    const unwished = weigh(unwanted, unwantedHeld, against)
    const worth = (weight: number, above: number) => (above > 1 ? (weight / (wanted + unwished)) * Math.log(above) : 0)
    for (const token of liked) {
      const usual = tokens.share(token)
      const own = (weights[token]! + usual) / (wanted + 1)
      const averse = (against[token]! + usual) / (unwished + 1)
      values[token] = worth(weights[token]!, own / usual) - worth(against[token]!, averse / Math.max(own, usual))
    }
    liked = liked.filter(token => values[token]! > 0)
  }

  /** Items of a list, best first, up to `room`; returns how many there are then. */
  const take = (
    list: Int32Array,
    token: number,
    width: number,
    { allowed }: CandidateRequest,
    into: Int32Array,
    from: number,
    room: number,
  ): number => {
    let count = from
    for (let at = token * width, end = at + width; at < end && count < room; at++) {
      const item = list[at]!
      if (item < 0) break
      if (item >= taken.length) {
        const grown = new Int32Array(2 * item + 2)
        grown.set(taken)
        taken = grown
      }
      if (taken[item] === turn || !allowed(item)) continue
      taken[item] = turn
      into[count++] = item
    }
    return count
  }

  return {
    look,
    affinity(item) {
      const { ofItems } = tokens
      let sum = 0
      for (let at = item * perItem, end = at + perItem; at < end; at++) {
        const token = ofItems[at]!
        if (token >= 0 && turns[token] === turn) sum += values[token]!
      }
      return sum
    },
    find(request, into, room) {
      look(request)
      const first = liked.sort((a, b) => values[b]! - values[a]! || a - b).slice(0, tokensUsed)
      const total = first.reduce((sum, token) => sum + values[token]!, 0)
      let count = 0
      for (const token of first) {
        const part = Math.min(room - count, Math.ceil((room * values[token]!) / total))
        const ofNew = Math.ceil(part / newestPart)
        const some = take(tokens.newest, token, newestWidth, request, into, count, count + ofNew)
        count = take(tokens.best, token, bestWidth, request, into, some, count + part)
      }
      return count
    },
  }
}

const fade = 0.93
const tokensUsed = 8
/** One in so many of a token's items is one of its newest. */
const newestPart = 4
