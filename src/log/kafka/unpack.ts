import * as zlib from 'node:zlib'
import { RecstreamError } from '../../errors.ts'
import { lz4Frames } from './lz4.ts'
import { snappy } from './snappy.ts'

type Unzstd = (packed: Buffer, options: { maxOutputLength: number }) => Buffer

/** What one batch may unpack to, bytes; a broker takes batches of about 1 MB, which may unpack to far more. */
const largestUnpacked = 256 * 1024 * 1024
const names = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

/** Unpack the records of a batch by Kafka's number for its codec; what cannot be unpacked is LOG_CORRUPT. */
export function unpack(codec: number, packed: Buffer, limit = largestUnpacked): Buffer {
  const unzstd = (zlib as { zstdDecompressSync?: Unzstd }).zstdDecompressSync
  if (codec === 4 && unzstd === undefined) {
    throw new RecstreamError(
      'CONFIG_INVALID',
      'A producer packs its records with zstd, which needs Node 22.15 or newer; use that, or set compression.type=lz4 on the topic.',
    )
  }
  try {
    if (codec === 1) return zlib.gunzipSync(packed, { maxOutputLength: limit })
    if (codec === 2) return snappy(packed, limit)
    if (codec === 3) return lz4Frames(packed, limit)
    return unzstd!(packed, { maxOutputLength: limit })
  } catch (cause) {
    throw new RecstreamError(
      'LOG_CORRUPT',
      `A batch of records is packed with ${names[codec] ?? codec} and cannot be unpacked; its producer is at fault.`,
      { cause },
    )
  }
}
