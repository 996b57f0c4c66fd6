/** Ids shorter than this are looked for only where a whole text, or a whole key, is the id: "7" stands in every number. */
const shortest = 4

/**
 * Whether bytes name an id: not as a part of a longer one. Bytes that are no text are searched as they are, since what stands
 * beside an id there may be anything.
 *
 *     mentions(Buffer.from('{"userId":"user-7"}'), 'user-7')    // true
 *     mentions(Buffer.from('{"userId":"user-77"}'), 'user-7')   // false
 */
export function mentions(bytes: Buffer, id: string): boolean {
  const sought = Buffer.from(id)
  if (bytes.equals(sought)) return true
  if (id.length < shortest) return bytes.includes(`"${id}"`)
  const isText = !bytes.some(byte => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)
  if (isText && bytes.includes(JSON.stringify(id))) return true
  for (let at = bytes.indexOf(sought); at >= 0; at = bytes.indexOf(sought, at + 1)) {
    if (!isText || (!isPartOfId(bytes[at - 1]) && !isPartOfId(bytes[at + sought.length]))) return true
  }
  return false
}

/** Texts in quotation marks, each once. */
export function quotedTexts(bytes: Buffer): string[] {
  const found = new Set<string>()
  for (const [, text] of bytes.toString().matchAll(/"((?:[^"\\]|\\.){1,1024})"/g)) found.add(text!)
  return [...found]
}

function isPartOfId(byte: number | undefined): boolean {
  if (byte === undefined) return false
  const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
  return isLetter || (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x5f || byte >= 0x80
}
