import type { Random } from '../../state/random.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { columnSet, doubleColumn, floatColumn } from '../../state/slot-column.ts'
import { perItem } from '../item-tokens.ts'

/** The tokens of items, −1 for none, at item · perItem. */
export interface TokensOfItems {
  readonly ofItems: Int32Array
}

/** Learned vectors of items: one of the item alone and one of each of its tokens, added. */
export interface Embeddings {
  /** An item of which nothing is known yet gets a vector by chance. */
  begin(item: number): void
  reset(item: number): void
  /** An item's vector into `into`. */
  read(item: number, into: Float64Array): void
  /** Step against a gradient of the item's vector. */
  step(item: number, gradient: Float64Array): void
  /** What the next two calls are about. */
  compare(pointer: Float64Array): void
  /** The product of an item's vector and the pointer. */
  product(item: number): number
  /** The product should have been less by this: the item's own vector is moved, and the pointer's gradient added to. */
  wrong(item: number, error: number, gradient: Float64Array): void
  /** All that was wrong has been said: tokens are moved. */
  settle(gradient: Float64Array): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Adagrad's sum of squares to begin with. */
export const firstSquare = 1e-3
const firstSpread = 0.1

/**
 * Embeddings that share what items have in common (as in Rendle's factorisation machines, 2010): of an item that came twice its tokens
 * say most, of one that came often its own vector does.
 *
 *     vectors.begin(7)
 *     vectors.compare(pointer)
 *     vectors.product(7)
 *
 * Adagrad by rows; tokens begin at 0, and take one step for all items at once.
 */
export function embeddings(size: number, rate: number, tokens: TokensOfItems, random: Random): Embeddings {
  const own = floatColumn(size) // [I, d]
  const ownSquares = floatColumn(1, firstSquare)
  const items = columnSet({ own, squares: ownSquares })
  const shared = floatColumn(size) // [tokens, d]
  const sharedSquares = floatColumn(1, firstSquare)
  const columns = columnSet({ shared, squares: sharedSquares })
  let known = 0 // tokens that have rows: those that were learned from, for whoever only asks must leave no trace
  let pointer: Float64Array = new Float64Array(size)
  let pointerLength = 0
  let comparison = 0
  const products = doubleColumn() // of tokens with the pointer …
  const compared = doubleColumn() // … as of this comparison
  const errors = doubleColumn()
  const touched: number[] = []

  const makeRoom = (token: number): void => {
    while (known <= token) columns.reset(known++)
    for (const column of [products, compared, errors]) column.reserve(known)
  }
  const tokenProduct = (token: number): number => {
    if (compared.data[token] === comparison) return products.data[token]!
    compared.data[token] = comparison
    let sum = 0
    for (let k = 0, at = token * size; k < size; k++) sum += pointer[k]! * shared.data[at++]!
    products.data[token] = sum
    return sum
  }
  /** Move a row against what its product with the pointer is wrong by, and add its part to the pointer's gradient. */
  const correct = (
    { data }: typeof own,
    squares: typeof ownSquares,
    row: number,
    error: number,
    gradient: Float64Array,
  ): void => {
    const step = error * rateOf(squares.data, row, (error * error * pointerLength) / size, rate)
    for (let k = 0, at = row * size; k < size; k++, at++) {
      const value = data[at]!
      gradient[k]! += error * value
      data[at] = value - step * pointer[k]!
    }
  }

  return {
    begin(item) {
      for (let k = 0, at = item * size; k < size; k++) own.data[at++] = firstSpread * random.normal()
    },
    reset: items.reset,
    read(item, into) {
      for (let k = 0, at = item * size; k < size; k++) into[k] = own.data[at++]!
      const { ofItems } = tokens
      for (let t = item * perItem; t < (item + 1) * perItem; t++) {
        const token = ofItems[t] ?? -1
        if (token < 0 || token >= known) continue
        for (let k = 0, at = token * size; k < size; k++) into[k]! += shared.data[at++]!
      }
    },
    step(item, gradient) {
      const square = squareOf(gradient) / size
      move(own.data, item, gradient, rateOf(ownSquares.data, item, square, rate))
      const { ofItems } = tokens
      for (let t = item * perItem; t < (item + 1) * perItem; t++) {
        const token = ofItems[t] ?? -1
        if (token < 0) continue
        makeRoom(token)
        move(shared.data, token, gradient, rateOf(sharedSquares.data, token, square, rate))
      }
    },
    compare(to) {
      pointer = to
      pointerLength = squareOf(to)
      comparison += 1
    },
    product(item) {
      let sum = 0
      for (let k = 0, at = item * size; k < size; k++) sum += pointer[k]! * own.data[at++]!
      const { ofItems } = tokens
      for (let t = item * perItem; t < (item + 1) * perItem; t++) {
        const token = ofItems[t] ?? -1
        if (token >= 0 && token < known) sum += tokenProduct(token)
      }
      return sum
    },
    wrong(item, error, gradient) {
      correct(own, ownSquares, item, error, gradient)
      const { ofItems } = tokens
      for (let t = item * perItem; t < (item + 1) * perItem; t++) {
        const token = ofItems[t] ?? -1
        if (token < 0) continue
        makeRoom(token)
        if (errors.data[token] === 0) touched.push(token)
        errors.data[token]! += error
      }
    },
    settle(gradient) {
      for (const token of touched) {
        correct(shared, sharedSquares, token, errors.data[token]!, gradient)
        errors.data[token] = 0
      }
      touched.length = 0
    },
    save: count => ({ ...prefixed('items', items.save(count)), ...prefixed('tokens', columns.save(known)) }),
    restore(arrays) {
      items.restore(withPrefix('items', arrays))
      const saved = withPrefix('tokens', arrays)
      known = (saved['squares'] as Float32Array).length
      columns.restore(saved)
      makeRoom(known - 1)
    },
  }
}

/** Adagrad's rate of a row, after its mean squared gradient was added. */
export function rateOf(squares: Float32Array, row: number, square: number, rate: number): number {
  const sum = squares[row]! + square
  squares[row] = sum
  return rate / Math.sqrt(sum)
}

export function squareOf(vector: Float64Array): number {
  let sum = 0
  for (const value of vector) sum += value * value
  return sum
}

function move(data: Float32Array, row: number, gradient: Float64Array, rate: number): void {
  const size = gradient.length
  for (let k = 0, at = row * size; k < size; k++) data[at++]! -= rate * gradient[k]!
}
