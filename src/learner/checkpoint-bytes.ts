import { pipeline, Readable } from 'node:stream'
import { promisify } from 'node:util'
import { constants, createGunzip, gzip } from 'node:zlib'

const compress = promisify(gzip)

/** Bytes that are compressed at a time: of each piece the others need nothing. */
const pieceBytes = 1 << 20

/** The fastest: numbers that were learned are mostly noise, of which more effort finds no less. */
const effort = { level: constants.Z_BEST_SPEED, memLevel: constants.Z_MAX_MEMLEVEL }

/**
 * Bytes as gzip, piece after piece, each compressed on a thread of its own: whoever takes them may learn meanwhile.
 *
 *     for await (const piece of gzipped(encodeState(state))) await file.write(piece)   // gunzip has the state again
 */
export async function* gzipped(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const room = new Uint8Array(pieceBytes)
  let held = 0
  for (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      const part = chunk.subarray(from, from + pieceBytes - held)
      room.set(part, held)
      held += part.length
      from += part.length
      if (held < pieceBytes) continue
      yield await compress(room, effort)
      held = 0
    }
  }
  if (held > 0) yield await compress(room.subarray(0, held), effort)
}

/** What `gzipped` was given, in pieces of other sizes; throws where the bytes are anything else. */
export async function* gunzipped(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // What fails is told by the one that is read from.
  yield* pipeline(Readable.from(pieces), createGunzip({ chunkSize: pieceBytes }), () => {})
}

/** So many bytes at a time, in memory of their own, of what comes in pieces; throws where there are no more. */
export function taking(pieces: AsyncIterator<Uint8Array>): (length: number) => Promise<Uint8Array<ArrayBuffer>> {
  let piece = new Uint8Array(0)
  return async length => {
    const into = new Uint8Array(length)
    for (let at = 0; at < length; ) {
      if (piece.length === 0) {
        const next = await pieces.next()
        if (next.done) throw new RangeError('it ends too early')
        piece = next.value as Uint8Array<ArrayBuffer>
      }
      const part = piece.subarray(0, length - at)
      into.set(part, at)
      at += part.length
      piece = piece.subarray(part.length)
    }
    return into
  }
}
