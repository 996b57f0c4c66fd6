const xerial = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])

/** Unpack snappy: one raw block, or Java's framing of several (8-byte magic, two versions, then length and block). */
export function snappy(packed: Buffer, limit: number): Buffer {
  if (!packed.subarray(0, 8).equals(xerial)) return block(packed, limit)
  const parts: Buffer[] = []
  let left = limit
  for (let at = 16; at + 4 <= packed.length; ) {
    const length = packed.readInt32BE(at)
    const part = block(packed.subarray(at + 4, at + 4 + length), left)
    left -= part.length
    parts.push(part)
    at += 4 + length
  }
  return Buffer.concat(parts)
}

function block(packed: Buffer, limit: number): Buffer {
  let at = 0
  let size = 0
  for (let factor = 1; ; factor *= 128) {
    const byte = packed[at++]
    if (byte === undefined || factor > 2 ** 28) throw damaged()
    size += (byte & 0x7f) * factor
    if (byte < 0x80) break
  }
  if (size > limit) throw damaged()
  const out = Buffer.alloc(size)
  let to = 0
  while (at < packed.length) {
    const tag = packed[at++]!
    const kind = tag & 3
    if (kind === 0) {
      let length = (tag >> 2) + 1
      if (length > 60) {
        const width = length - 60
        length = packed.readUIntLE(at, width) + 1
        at += width
      }
      if (at + length > packed.length || to + length > size) throw damaged()
      packed.copy(out, to, at, at + length)
      at += length
      to += length
      continue
    }
    const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
    const back = kind === 1 ? ((tag >> 5) << 8) | packed[at]! : packed.readUIntLE(at, kind === 2 ? 2 : 4)
    at += kind === 1 ? 1 : kind === 2 ? 2 : 4
    if (back === 0 || back > to || to + length > size) throw damaged()
    for (let i = 0; i < length; i++, to++) out[to] = out[to - back]!
  }
  if (to !== size) throw damaged()
  return out
}

function damaged(): RangeError {
  return new RangeError('the packed bytes make no sense')
}
