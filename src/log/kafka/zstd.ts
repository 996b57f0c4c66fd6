import { ZSTDDecoder } from 'zstddec'

/*
 * The decoder allocates what it is told to, keeps the memory, and says nothing of errors but an empty result. So how much
 * a batch can come to is read from its frames first: 4 magic number | 1 descriptor | window, dictionary, content size | blocks
 * of a 3-byte head (1 bit last, 2 kind, 21 size) | checksum.
 */
const frameMagic = 0xfd2fb528
const skippableMagic = 0x184d2a50
/** What one packed block unpacks to at most, bytes. */
const blockBytes = 128 * 1024

const decoder = new ZSTDDecoder()
let ready: Promise<void> | undefined

/** The decoder is WebAssembly that must be compiled once; only who meets zstd waits for it. */
export function prepareZstd(): Promise<void> {
  ready ??= decoder.init()
  return ready
}

/** Unpack Zstandard frames, once `prepareZstd` has resolved. */
export function unzstd(packed: Buffer, limit: number): Buffer {
  const { least, most } = sizeOf(packed)
  if (least > limit) throw new RangeError('it unpacks to more than its limit')
  const unpacked = decoder.decode(packed, Math.min(most, limit))
  if (unpacked.length === 0) throw new RangeError('the packed bytes make no sense, or are more than their limit')
  return Buffer.from(unpacked.buffer, unpacked.byteOffset, unpacked.length)
}

/** The least and the most that frames can come to, bytes; their bounds are those of the packed bytes. */
function sizeOf(packed: Buffer): { least: number; most: number } {
  const size = { least: 0, most: 0 }
  let at = 0
  while (at < packed.length) {
    const magic = packed.readUInt32LE(at)
    if ((magic & 0xfffffff0) >>> 0 === skippableMagic) {
      at += 8 + packed.readUInt32LE(at + 4)
      continue
    }
    if (magic !== frameMagic) throw new RangeError('there is no Zstandard frame')
    const descriptor = packed[at + 4]!
    const isSingle = (descriptor & 0x20) !== 0
    at += 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!
    const { content, bytes } = contentSize(packed, at, descriptor >> 6, isSingle)
    at += bytes
    let fixed = 0
    let blocks = 0
    for (let isLast = false; !isLast; ) {
      const head = packed.readUIntLE(at, 3)
      const kind = (head >> 1) & 3
      isLast = (head & 1) === 1
      // Raw bytes, or one byte that is repeated, say how many they are.
      if (kind === 2) blocks += 1
      else fixed += head >> 3
      at += 3 + (kind === 1 ? 1 : head >> 3)
    }
    at += (descriptor & 0x04) !== 0 ? 4 : 0
    size.least += content ?? fixed
    size.most += content ?? fixed + blocks * blockBytes
  }
  if (at !== packed.length || size.most === 0) throw new RangeError('the frames are cut off')
  return size
}

function contentSize(packed: Buffer, at: number, flag: number, isSingle: boolean) {
  if (flag === 0) return isSingle ? { content: packed.readUInt8(at), bytes: 1 } : { content: null, bytes: 0 }
  if (flag === 1) return { content: packed.readUInt16LE(at) + 256, bytes: 2 }
  if (flag === 2) return { content: packed.readUInt32LE(at), bytes: 4 }
  return { content: Number(packed.readBigUInt64LE(at)), bytes: 8 }
}
