import { type Random, seededRandom, shuffled } from '../../../state/random.ts'
import { type RatingTable, tableLimits } from './rating-table.ts'

/**
 * Ratings with the marginals of MovieLens 100K's 600 most rated films, made up from a seed: how many ratings a person and an
 * item have, their means and spreads, how often a genre comes and how many an item has.
 *
 *     generateRatings(1)   // 943 users, 600 items, about 84,000 ratings; nothing is read
 *
 * People pick what is popular and what they like; a rating is a person's and an item's leaning, the fit of eight factors,
 * which follow genres in part, and noise, rounded to 1 … 5.
 */
export function generateRatings(seed: number): RatingTable {
  const [users, items] = [943, tableLimits.items]
  const random = seededRandom(seed, 'ratings')
  const { flags, factors } = makeItems(items, random)
  // By rank of popularity, 0 … 599: log counts of the films, a long tail behind a few that everybody has seen.
  const ranks = shuffled(items, random)
  const logCount = Array.from(ranks, rank => 5.72 - 0.003 * rank + 0.9 * Math.exp(-rank / 40))
  const leaning = logCount.map(log => 0.46 * (0.37 * ((log - 4.84) / 0.56) + 0.93 * random.normal()))
  const [user, item, rating]: [number[], number[], number[]] = [[], [], []]
  const keys = new Float64Array(items)
  const fit = new Float64Array(items)
  for (let u = 0; u < users; u++) {
    const own = Float64Array.from({ length: factorCount }, () => random.normal() / Math.sqrt(factorCount))
    const offset = 0.42 * random.normal()
    for (let i = 0; i < items; i++) {
      let dot = 0
      for (let f = 0; f < factorCount; f++) dot += own[f]! * factors[i * factorCount + f]!
      fit[i] = dot
      // The highest of log weights with Gumbel noise are a sample without replacement in proportion to the weights.
      keys[i] = 1.15 * logCount[i]! + 0.5 * dot - Math.log(-Math.log(random.uniform() + 1e-12))
    }
    const count = Math.round(Math.min(421, Math.max(11, Math.exp(4.12 + 0.855 * random.normal()))))
    const picked = [...keys.keys()].sort((a, b) => keys[b]! - keys[a]!).slice(0, count)
    for (const i of picked) {
      const stars = 3.42 + offset + leaning[i]! + 0.4 * fit[i]! + 0.95 * random.normal()
      user.push(u)
      item.push(i)
      rating.push(Math.min(5, Math.max(1, Math.round(stars))))
    }
  }
  const genres = Array.from({ length: tableLimits.genres }, (_, genre) => `genre-${String(genre + 1).padStart(2, '0')}`)
  return {
    ...{ source: `generated-${seed}`, users, items, genres, flags },
    ...{ user: Int32Array.from(user), item: Int32Array.from(item), rating: Float64Array.from(rating) },
  }
}

const factorCount = 8

/** Genres of items and their factors, half of whose variance is their genres'. */
function makeItems(items: number, random: Random): { flags: Uint8Array; factors: Float64Array } {
  const { genres } = tableLimits
  const directions = Float64Array.from({ length: genres * factorCount }, () => random.normal())
  const flags = new Uint8Array(items * genres)
  const factors = new Float64Array(items * factorCount)
  for (let i = 0; i < items; i++) {
    const own = pickGenres(random)
    for (const genre of own) {
      flags[i * genres + genre] = 1
      for (let f = 0; f < factorCount; f++) {
        factors[i * factorCount + f]! += directions[genre * factorCount + f]! / Math.sqrt(own.length)
      }
    }
    for (let f = 0; f < factorCount; f++) {
      const at = i * factorCount + f
      factors[at] = (factors[at]! + random.normal()) * Math.SQRT1_2
    }
  }
  return { flags, factors }
}

/** One to five genres, the k-th in frequency .78 times as frequent as the one before. */
function pickGenres(random: Random): number[] {
  const many = random.uniform()
  const count = many < 0.31 ? 1 : many < 0.72 ? 2 : many < 0.92 ? 3 : many < 0.98 ? 4 : 5
  const keys = Array.from(
    { length: tableLimits.genres },
    (_, k) => k * Math.log(0.78) - Math.log(-Math.log(random.uniform() + 1e-12)),
  )
  return [...keys.keys()].sort((a, b) => keys[b]! - keys[a]!).slice(0, count)
}
