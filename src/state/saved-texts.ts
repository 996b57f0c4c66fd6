import type { SavedArrays } from './saved-arrays.ts'

/** Texts as arrays: the bytes of all of them, and how many each has. */
export function savedTexts(texts: readonly string[]): { lengths: Int32Array; text: Uint8Array } {
  const bytes = texts.map(text => Buffer.from(text))
  return {
    lengths: Int32Array.from(bytes, ({ length }) => length),
    text: Uint8Array.from(Buffer.concat(bytes)),
  }
}

/** What `savedTexts` took. */
export function textsOf(arrays: SavedArrays): string[] {
  const text = Buffer.from(arrays['text'] as Uint8Array)
  let from = 0
  return Array.from(arrays['lengths'] as Int32Array, length => {
    from += length
    return text.toString('utf8', from - length, from)
  })
}
