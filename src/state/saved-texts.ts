import { givenAway, type SavedArrays } from './saved-arrays.ts'

/** Texts as arrays: the bytes of all of them, and how many each has. */
export function savedTexts(texts: readonly string[]): { lengths: Int32Array; text: Uint8Array } {
  const lengths = Int32Array.from(texts, text => Buffer.byteLength(text))
  const text = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
  const buffer = Buffer.from(text.buffer)
  let at = 0
  for (const each of texts) if (each !== '') at += buffer.write(each, at)
  return givenAway({ lengths, text })
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
