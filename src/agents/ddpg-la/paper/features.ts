import { createParameters, fillNormal, type Parameters } from '../../../nn/parameters.ts'
import type { Random } from '../../../state/random.ts'
import { interestSizes } from './encoder.ts'
import type { PaperOptions } from './options.ts'
import type { World } from './world.ts'

/** What the rich form knows of each user and item by heart: embeddings [·, E], biases [·, 1]. Empty in the paper's form. */
export const tableShapes = (options: PaperOptions, world: World) => {
  const [users, items] = options.record === 'rich' ? [world.users, world.items] : [0, 0]
  return {
    userEmbedding: [users, options.embeddingSize],
    itemEmbedding: [items, options.embeddingSize],
    userBias: [users, 1],
    itemBias: [items, 1],
  } as const
}
export type Tables = Parameters<ReturnType<typeof tableShapes>>

export function createTables(options: PaperOptions, world: World, random: Random): Tables {
  const tables = createParameters(tableShapes(options, world))
  fillNormal(tables.view('userEmbedding'), 0.1, random)
  fillNormal(tables.view('itemEmbedding'), 0.1, random)
  return tables
}

/** Records as the encoder sees them: user features, item features, time, [rating, gap, item embedding,] 1. */
export interface RecordColumns {
  readonly width: number
  write(row: number, target: Float32Array, to: number): void
}

export function recordColumns(options: PaperOptions, world: World, tables: Tables): RecordColumns {
  const userWidth = world.userFeatures.length / world.users
  const itemWidth = world.itemFeatures.length / world.items
  const rich = options.record === 'rich'
  const size = options.embeddingSize
  const embeddings = tables.view('itemEmbedding')
  return {
    width: userWidth + itemWidth + 2 + (rich ? 2 + size : 0),
    write(row, target, to) {
      const [user, item] = [world.user[row]! * userWidth, world.item[row]!]
      let at = to
      for (let k = 0; k < userWidth; k++) target[at++] = world.userFeatures[user + k]!
      for (let k = 0; k < itemWidth; k++) target[at++] = world.itemFeatures[item * itemWidth + k]!
      target[at++] = world.time[row]!
      if (rich) {
        target[at++] = world.reward[row]!
        target[at++] = world.gap[row]!
        for (let k = 0; k < size; k++) target[at++] = embeddings[item * size + k]!
      }
      // All zeros are no record at all; a constant distinguishes the two, and is the cell's bias.
      target[at] = 1
    },
  }
}

/**
 * The agent's state before an event: s = [long, short, profile, candidate].
 *
 * Profile: [user embedding,] user features. Candidate: [item embedding, three times its product with the user's,] item
 * features, time, [gap]. What has a gradient stands first: interests, then embeddings.
 */
export interface StateColumns {
  readonly width: number
  /** How many of the first numbers have gradients. */
  readonly learned: number
  write(row: number, long: Float32Array, short: Float32Array, place: number, target: Float32Array, to: number): void
  /** Add what gradients on the learned numbers of one state mean for its embeddings. */
  backward(row: number, dLearned: Float32Array, from: number, gradient: Tables): void
}

export function stateColumns(options: PaperOptions, world: World, tables: Tables): StateColumns {
  const userWidth = world.userFeatures.length / world.users
  const itemWidth = world.itemFeatures.length / world.items
  const { long, short } = interestSizes(options)
  const interest = long + short
  const size = options.record === 'rich' ? options.embeddingSize : 0
  const userEmbedding = tables.view('userEmbedding')
  const itemEmbedding = tables.view('itemEmbedding')
  const learned = interest + 3 * size
  return {
    width: learned + userWidth + itemWidth + 1 + (size > 0 ? 1 : 0),
    learned,
    write(row, longs, shorts, place, target, to) {
      const user = world.user[row]!
      const item = world.item[row]!
      let at = to
      for (let k = 0; k < long; k++) target[at++] = longs[place * long + k]!
      for (let k = 0; k < short; k++) target[at++] = shorts[place * short + k]!
      for (let k = 0; k < size; k++) {
        const [p, q] = [userEmbedding[user * size + k]!, itemEmbedding[item * size + k]!]
        target[at + k] = p
        target[at + size + k] = q
        target[at + 2 * size + k] = productScale * p * q
      }
      at += 3 * size
      for (let k = 0; k < userWidth; k++) target[at++] = world.userFeatures[user * userWidth + k]!
      for (let k = 0; k < itemWidth; k++) target[at++] = world.itemFeatures[item * itemWidth + k]!
      target[at++] = world.time[row]!
      if (size > 0) target[at] = world.gap[row]!
    },
    backward(row, dLearned, from, gradient) {
      const user = world.user[row]! * size
      const item = world.item[row]! * size
      const dUser = gradient.view('userEmbedding')
      const dItem = gradient.view('itemEmbedding')
      const start = from + interest
      for (let k = 0; k < size; k++) {
        const dProduct = productScale * dLearned[start + 2 * size + k]!
        dUser[user + k]! += dLearned[start + k]! + dProduct * itemEmbedding[item + k]!
        dItem[item + k]! += dLearned[start + size + k]! + dProduct * userEmbedding[user + k]!
      }
    },
  }
}

/** Products of two embeddings are small beside the embeddings themselves. */
const productScale = 3
