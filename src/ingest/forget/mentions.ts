/** Ids shorter than this are looked for only where a whole text, or a whole key, is the id: "7" stands in every number. */
const shortest = 4

/** Where something stands in bytes. */
export interface Place {
  from: number
  to: number
}

/**
 * Whether bytes name an id: not as a part of a longer one. Bytes that are no text are searched as they are, since what stands
 * beside an id there may be anything.
 *
 *     mentions(Buffer.from('{"userId":"user-7"}'), 'user-7')    // true
 *     mentions(Buffer.from('{"userId":"user-77"}'), 'user-7')   // false
 */
export function mentions(bytes: Buffer, id: string): boolean {
  return placesOf(bytes, id).next().value !== undefined
}

/** The places where they do. */
export function* placesOf(bytes: Buffer, id: string): Generator<Place, undefined> {
  const sought = Buffer.from(id)
  if (bytes.equals(sought)) yield { from: 0, to: bytes.length }
  else if (id.length < shortest) yield* inQuotes(bytes, `"${id}"`)
  else {
    const isText = !bytes.some(byte => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)
    for (let from = bytes.indexOf(sought); from >= 0; from = bytes.indexOf(sought, from + 1)) {
      const to = from + sought.length
      if (!isText || (!isPartOfId(bytes[from - 1]) && !isPartOfId(bytes[to]))) yield { from, to }
    }
    // As it stands in JSON, where that is something else.
    const escaped = JSON.stringify(id)
    if (isText && escaped !== `"${id}"`) yield* inQuotes(bytes, escaped)
  }
}

/** Where a text in quotation marks stands, without these. */
function* inQuotes(bytes: Buffer, quoted: string): Generator<Place, undefined> {
  const length = Buffer.byteLength(quoted)
  for (let at = bytes.indexOf(quoted); at >= 0; at = bytes.indexOf(quoted, at + 1))
    yield { from: at + 1, to: at + length - 1 }
}

/** Texts in quotation marks, each once. */
export function quotedTexts(bytes: Buffer): string[] {
  const found = new Set<string>()
  for (const [, text] of bytes.toString().matchAll(/"((?:[^"\\]|\\.){1,1024})"/g)) found.add(text!)
  return [...found]
}

/** Words of a text, and where they stand. */
export function* wordsIn(bytes: Buffer): Generator<Place & { word: string }, undefined> {
  // A character a byte, so that places are those of bytes.
  for (const { 0: word, index } of bytes.toString('latin1').matchAll(/[^\s"'\\,;:(){}[\]<>=]{1,1024}/g))
    yield { word: Buffer.from(word, 'latin1').toString(), from: index, to: index + word.length }
}

function isPartOfId(byte: number | undefined): boolean {
  if (byte === undefined) return false
  const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
  return isLetter || (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x5f || byte >= 0x80
}
