/** What a part of the learner saves of itself: named arrays, nothing else. */
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

/** A copy of each of these arrays. */
export const copies = (arrays: SavedArrays): SavedArrays =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.slice()]))

/** Write what `copies` gave back into the same arrays. */
export function copyBack(arrays: SavedArrays, saved: SavedArrays): void {
  for (const [name, array] of Object.entries(arrays)) array.set(saved[name] as never)
}
