const magic = 0x184d2204

/** Unpack LZ4 frames (the form that Kafka's clients write); checksums are left to TCP and the broker. */
export function lz4Frames(packed: Buffer, limit: number): Buffer {
  const parts: Buffer[] = []
  let total = 0
  let at = 0
  while (at + 7 <= packed.length) {
    if (packed.readUInt32LE(at) !== magic) throw damaged()
    const flags = packed[at + 4]!
    const blockBytes = 1 << (8 + 2 * ((packed[at + 5]! >> 4) & 7))
    at += 6 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0) + 1
    // Blocks may refer back to earlier ones of their frame, at most 64 KiB.
    let window: Buffer = Buffer.alloc(0)
    for (;;) {
      const head = packed.readUInt32LE(at)
      at += 4
      if (head === 0) break
      const size = head & 0x7fffffff
      if (at + size > packed.length) throw damaged()
      const raw = packed.subarray(at, at + size)
      const part = head > 0x7fffffff ? raw : block(raw, Math.min(blockBytes, limit - total), window)
      at += size + ((flags & 0x10) !== 0 ? 4 : 0)
      total += part.length
      if (total > limit) throw damaged()
      parts.push(part)
      if ((flags & 0x20) === 0) window = Buffer.concat([window, part]).subarray(-65_536)
    }
    if ((flags & 0x04) !== 0) at += 4
  }
  return Buffer.concat(parts)
}

function block(packed: Buffer, largest: number, window: Buffer): Buffer {
  const out = Buffer.allocUnsafe(window.length + largest)
  window.copy(out)
  let to = window.length
  let at = 0
  const more = (length: number): number => {
    if (length !== 15) return length
    for (let byte = 255; byte === 255; length += byte) {
      if (at >= packed.length) throw damaged()
      byte = packed[at++]!
    }
    return length
  }
  while (at < packed.length) {
    const token = packed[at++]!
    const literals = more(token >> 4)
    if (at + literals > packed.length || to + literals > out.length) throw damaged()
    packed.copy(out, to, at, at + literals)
    at += literals
    to += literals
    if (at >= packed.length) break
    if (at + 2 > packed.length) throw damaged()
    const back = packed.readUInt16LE(at)
    at += 2
    const length = more(token & 15) + 4
    if (back === 0 || back > to || to + length > out.length) throw damaged()
    for (let i = 0; i < length; i++, to++) out[to] = out[to - back]!
  }
  return out.subarray(window.length, to)
}

function damaged(): RangeError {
  return new RangeError('the packed bytes make no sense')
}
