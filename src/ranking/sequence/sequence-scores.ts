import { seededRandom } from '../../state/random.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import type { ItemTags } from '../item-tags.ts'
import type { TokensOfItems } from './embeddings.ts'
import { sequenceNetwork } from './network.ts'
import { stepReach, steps } from './steps.ts'

/** Scores of items by what the user's last ones lead to, as networks have learned it in one pass; items are slots. */
export interface SequenceScores {
  /** Whoever had `history` (newest first, −1 where it is forgotten) went for `item`, new to them. */
  learn(history: Int32Array, count: number, item: number): void
  /** Scores for somebody with this history, good until the next call. */
  scores(history: Int32Array, count: number): (item: number) => number
  reset(item: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export interface SequenceOptions {
  /** Networks that differ in their beginnings; their logits are added. */
  networks: number
  seed: number
  /** What items have in common; none by default. */
  tokens?: TokensOfItems
  /** Numbers of an item and of the hidden layer. */
  size?: number
  hidden?: number
  rate?: number
  /** Steps learned from again beside each new one: half from all that are held, half from recent ones. */
  replays?: number
  /** Items that a step's one is compared with. */
  others?: number
  capacity?: number
}

/**
 * Sequence networks, learned in one pass with a few replays.
 *
 *     const sequences = sequenceScores(tags, { networks: 2, seed: 1 })
 *     sequences.learn(history, count, item)
 *     sequences.scores(history, count)(item)
 */
export function sequenceScores(tags: ItemTags, options: SequenceOptions): SequenceScores {
  const { networks: count, seed, tokens: shared = { ofItems: new Int32Array(0) } } = options
  const { size = 24, hidden = 32, rate = 0.05 } = options
  const { replays = 1, others: compared = 100, capacity = 32_768 } = options
  const random = seededRandom(seed, 'sequence.sampling')
  const past = steps(tags, capacity, random)
  const beginnings = Array.from({ length: count }, (_, n) => seededRandom(seed, `sequence.network ${n}`))
  const networks = beginnings.map(random => sequenceNetwork({ size, hidden, rate }, shared, random))
  const others = new Int32Array(compared)
  const corrections = new Float64Array(compared + 1)
  const before = new Int32Array(stepReach)

  const learnStep = (history: Int32Array, held: number, item: number): void => {
    corrections[0] = past.logChance(item)
    for (const network of networks) network.learn(history, held, item, others, corrections)
  }

  return {
    learn(history, held, item) {
      if (!past.meet(item)) for (const network of networks) network.begin(item)
      past.add(history, held, item)
      past.sample(others)
      for (let n = 0; n < compared; n++) corrections[n + 1] = past.logChance(others[n]!)
      learnStep(history, held, item)
      for (let n = 0; n < replays; n++) {
        const again = past.read(n % 2 === 0 ? past.recent() : past.any(), before)
        if (again >= 0) learnStep(before, stepReach, again)
      }
    },
    scores(history, held) {
      for (const network of networks) network.look(history, held)
      return item => {
        let sum = 0
        for (const network of networks) sum += network.score(item)
        return sum
      }
    },
    reset(item) {
      past.reset(item)
      for (const network of networks) network.reset(item)
    },
    save: items => ({
      ...prefixed('past', past.save(items)),
      ...Object.assign({}, ...networks.map((network, n) => prefixed(`network-${n}`, network.save(items)))),
      ...prefixed('random', Object.fromEntries(beginnings.map((each, n) => [`network-${n}`, each.state]))),
      sampling: random.state,
    }),
    restore(arrays) {
      past.restore(withPrefix('past', arrays))
      for (const [n, network] of networks.entries()) network.restore(withPrefix(`network-${n}`, arrays))
      const states = withPrefix('random', arrays)
      for (const [n, each] of beginnings.entries()) each.state.set(states[`network-${n}`] as Uint32Array)
      random.state.set(arrays['sampling'] as Uint32Array)
    },
  }
}
