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

/**
 * A copy of each of these arrays; `used`: what was copied before and nobody needs any more, whose memory is taken where it
 * has room. Memory that is new costs several times as much as the copying, so what is made for such copies has room to spare.
 */
export function copies(arrays: SavedArrays, used?: SavedArrays): SavedArrays {
  return atOnce(copiesInPieces(arrays, used))
}

/** What work that is done in pieces comes to. */
export function atOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}

/** The same with a halt after every few megabytes; meanwhile the arrays must stay as they are. */
export function* copiesInPieces(arrays: SavedArrays, used?: SavedArrays): Generator<void, SavedArrays> {
  const copied: SavedArrays = {}
  let bytes = 0
  for (const [name, array] of Object.entries(arrays)) {
    const copy = memoryFor(array, used?.[name]?.buffer, used === undefined ? 1 : spare)
    const piece = pieceBytes / array.BYTES_PER_ELEMENT
    for (let from = 0; from < array.length; from += piece) {
      copy.set(array.subarray(from, from + piece) as never, from)
      bytes += Math.min(pieceBytes, array.byteLength)
      if (bytes < pieceBytes) continue
      bytes = 0
      yield
    }
    copied[name] = copy
  }
  return copied
}

/** How much larger memory is than what is copied into it first. */
const spare = 1.25
const pieceBytes = 4 << 20

/** Room for as many numbers of the same kind: `memory` where that has it. */
function memoryFor<A extends SavedArrays[string]>(array: A, memory: ArrayBufferLike | undefined, room: number): A {
  const Kind = array.constructor as new (memory: ArrayBufferLike, from: number, length: number) => A
  const fits = memory !== undefined && memory.byteLength >= array.byteLength
  return new Kind(fits ? memory : new ArrayBuffer(Math.ceil(room * array.byteLength)), 0, array.length)
}

/** Write what `copies` gave back into the same arrays. */
export function copyBack(arrays: SavedArrays, saved: SavedArrays): void {
  for (const [name, array] of Object.entries(arrays)) array.set(saved[name] as never)
}
