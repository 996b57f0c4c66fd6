/*
 * What a query's process writes to file descriptor 3: frames of a letter, a length (32 bits, little-endian) and so many
 * bytes. `b` is a part of a result as bytes, `a` an answer as JSON, which ends the query.
 */

export type FrameKind = 'a' | 'b'

const headBytes = 5

/** A frame with its head. */
export function frame(kind: FrameKind, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(headBytes + payload.length)
  bytes.write(kind, 0, 'latin1')
  bytes.writeUInt32LE(payload.length, 1)
  bytes.set(payload, headBytes)
  return bytes
}

/**
 * Puts frames together from parts as they come.
 *
 *     const read = frameReader((kind, payload) => …)
 *     socket.on('data', read)
 */
export function frameReader(onFrame: (kind: FrameKind, payload: Buffer) => void): (part: Buffer) => void {
  let parts: Buffer[] = []
  let size = 0
  let wanted = headBytes
  return part => {
    parts.push(part)
    size += part.length
    if (size < wanted) return
    let bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts, size)
    while (bytes.length >= headBytes) {
      const end = headBytes + bytes.readUInt32LE(1)
      wanted = end
      if (bytes.length < end) break
      onFrame(bytes.toString('latin1', 0, 1) as FrameKind, bytes.subarray(headBytes, end))
      bytes = bytes.subarray(end)
      wanted = headBytes
    }
    parts = bytes.length === 0 ? [] : [bytes]
    size = bytes.length
  }
}
