import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from './tensorflow.ts'

/**
 * The items whose vectors have the largest dot products with a user's: all of them are scored, none is guessed at.
 *
 *     const items = topItems(tf, { size: 64, capacity: 100_000 })
 *     items.set(slot, vector)
 *     items.top(user, 10)   // { slots: [71, 8, …], scores: [3.2, 3.1, …] }, best first, the lower slot first among equals
 *
 * Vectors lie in blocks, transposed, as tensors of the active backend; a block is laid out again when it is next
 * asked after a change. Memory: 8 bytes a number, and 4 more on wasm.
 */
export interface TopItems {
  /** Put or replace an item's vector; the slot must be below the capacity. */
  set(slot: number, vector: ArrayLike<number>): void
  remove(slot: number): void
  /** The best `count` items, or all if there are fewer; those for which `skip` says so are left out. */
  top(user: ArrayLike<number>, count: number, skip?: (slot: number) => boolean): TopList
  /** Give back the tensors. */
  dispose(): void
}

export interface TopList {
  slots: Int32Array
  scores: Float32Array
}

/** Items in a block: few enough that a change costs little, enough that the product's start costs little. */
const blockItems = 8192

interface Block {
  readonly values: Float32Array // [size, blockItems]
  readonly present: Uint8Array
  /** One past the last item that was ever put here. */
  filled: number
  tensor: Tensor2D | null
}

export function topItems(tf: TensorFlow, { size, capacity }: { size: number; capacity: number }): TopItems {
  const blocks: (Block | undefined)[] = []

  const blockOf = (slot: number): Block => {
    if (slot >= capacity) throw new RangeError(`slot ${slot} is not below the capacity of ${capacity}`)
    const index = Math.floor(slot / blockItems)
    return (blocks[index] ??= {
      values: new Float32Array(size * blockItems),
      present: new Uint8Array(blockItems),
      filled: 0,
      tensor: null,
    })
  }

  const scores = (block: Block, user: Tensor2D): Float32Array => {
    // A copy, since the backend may read it later than now.
    block.tensor ??= tf.keep(tf.tensor2d(block.values.slice(), [size, blockItems]))
    const product = tf.matMul(user, block.tensor) // [1, blockItems]
    const values = product.dataSync() as Float32Array
    product.dispose()
    return values
  }

  return {
    set(slot, vector) {
      const block = blockOf(slot)
      const place = slot % blockItems
      for (let k = 0, to = place; k < size; k++, to += blockItems) block.values[to] = vector[k]!
      block.present[place] = 1
      block.filled = Math.max(block.filled, place + 1)
      block.tensor?.dispose()
      block.tensor = null
    },
    remove(slot) {
      blockOf(slot).present[slot % blockItems] = 0
    },
    top(user, count, skip = () => false) {
      const best = bestOf(count)
      const row = tf.tensor2d(Float32Array.from(user), [1, size])
      blocks.forEach((block, index) => {
        if (block === undefined) return
        const values = scores(block, row)
        const first = index * blockItems
        for (let place = 0; place < block.filled; place++) {
          const score = values[place]!
          if (!(score > best.bar) || block.present[place] === 0 || skip(first + place)) continue
          best.add(first + place, score)
        }
      })
      row.dispose()
      return best.list()
    },
    dispose() {
      for (const block of blocks) {
        block?.tensor?.dispose()
        if (block !== undefined) block.tensor = null
      }
    },
  }
}

/** The best `count` scores seen so far; what comes first stays before its equals. */
function bestOf(count: number) {
  const slots = new Int32Array(count)
  const scores = new Float32Array(count)
  let held = 0
  return {
    /** What a score has to be above. */
    bar: count > 0 ? -Infinity : Infinity,
    add(slot: number, score: number): void {
      let place = held < count ? held++ : count - 1
      for (; place > 0 && scores[place - 1]! < score; place--) {
        scores[place] = scores[place - 1]!
        slots[place] = slots[place - 1]!
      }
      scores[place] = score
      slots[place] = slot
      if (held === count) this.bar = scores[count - 1]!
    },
    list: (): TopList => ({ slots: slots.slice(0, held), scores: scores.slice(0, held) }),
  }
}
