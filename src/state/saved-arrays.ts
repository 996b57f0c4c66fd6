/**
 * What a part of the learner saves of itself: named arrays, nothing else. They may be the part's own, and then hold only
 * until it changes: whoever keeps them takes `copies`.
 */
export type SavedArrays = Record<string, Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array>

/** Put a part's arrays under a name of their own, so that parts cannot collide. */
export function prefixed(prefix: string, arrays: SavedArrays): SavedArrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${prefix}.${name}`, array]))
}

/** The arrays that `prefixed` put under this prefix, by their own names again. */
export function withPrefix(prefix: string, arrays: SavedArrays): SavedArrays {
  const start = `${prefix}.`
  return Object.fromEntries(
    Object.entries(arrays)
      .filter(([name]) => name.startsWith(start))
      .map(([name, array]) => [name.slice(start.length), array]),
  )
}

/** Arrays that nobody but whoever asked for them has. */
const given = new WeakSet<SavedArrays[string]>()

/** A part has made these arrays to be saved and keeps none of them, so that they need not be copied. */
export function givenAway<A extends SavedArrays>(arrays: A): A {
  for (const array of Object.values(arrays)) given.add(array)
  return arrays
}

/** A copy of each of these arrays, but for those that were given away. */
export function copies(arrays: SavedArrays): SavedArrays {
  return atOnce(copiesInPieces(arrays))
}

/** What work that is done in pieces comes to. */
export function atOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}

/** The same with a halt after every few megabytes; meanwhile the arrays must stay as they are. */
export function* copiesInPieces(arrays: SavedArrays): Generator<void, SavedArrays> {
  const copied: SavedArrays = {}
  let bytes = 0
  for (const [name, array] of Object.entries(arrays)) {
    if (given.delete(array)) {
      copied[name] = array
      continue
    }
    const copy = new (array.constructor as new (length: number) => SavedArrays[string])(array.length)
    const piece = pieceBytes / array.BYTES_PER_ELEMENT
    for (let from = 0; from < array.length; from += piece) {
      const part = array.subarray(from, from + piece)
      copy.set(part as never, from)
      bytes += part.byteLength
      if (bytes < pieceBytes) continue
      bytes = 0
      yield
    }
    copied[name] = copy
  }
  return copied
}

const pieceBytes = 4 << 20

/** Write what `copies` gave back into the same arrays. */
export function copyBack(arrays: SavedArrays, saved: SavedArrays): void {
  for (const [name, array] of Object.entries(arrays)) array.set(saved[name] as never)
}
