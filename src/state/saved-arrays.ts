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
  const copy = (name: string, array: SavedArrays[string]) =>
    used === undefined ? array.slice() : copyInto(used[name]?.buffer, array)
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, copy(name, array)]))
}

/** How much larger memory is than what is copied into it first. */
const spare = 1.25

function copyInto<A extends SavedArrays[string]>(memory: ArrayBufferLike | undefined, array: A): A {
  const Kind = array.constructor as new (memory: ArrayBufferLike, from: number, length: number) => A
  const fits = memory !== undefined && memory.byteLength >= array.byteLength
  const copy = new Kind(fits ? memory : new ArrayBuffer(Math.ceil(spare * array.byteLength)), 0, array.length)
  copy.set(array as never)
  return copy
}

/** Write what `copies` gave back into the same arrays. */
export function copyBack(arrays: SavedArrays, saved: SavedArrays): void {
  for (const [name, array] of Object.entries(arrays)) array.set(saved[name] as never)
}
