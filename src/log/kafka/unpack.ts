import { gunzipSync } from 'node:zlib'
import { RecstreamError } from '../../errors.ts'
import { lz4Frames } from './lz4.ts'
import { snappy } from './snappy.ts'
import { unzstd } from './zstd.ts'

/** What one batch may unpack to, bytes; a broker takes batches of about 1 MB, which may unpack to far more. */
export const largestUnpacked = 256 * 1024 * 1024

export const zstdCodec = 4

const codecs: Readonly<Record<number, { name: string; unpack: (packed: Buffer, limit: number) => Buffer }>> = {
  1: { name: 'gzip', unpack: (packed, limit) => gunzipSync(packed, { maxOutputLength: limit }) },
  2: { name: 'snappy', unpack: snappy },
  3: { name: 'lz4', unpack: lz4Frames },
  [zstdCodec]: { name: 'zstd', unpack: unzstd },
}

/** Unpack the records of a batch by Kafka's number for its codec; what cannot be unpacked is LOG_CORRUPT. */
export function unpack(codec: number, packed: Buffer, limit: number): Buffer {
  const known = codecs[codec]
  if (known === undefined) throw new RecstreamError('LOG_CORRUPT', `they are packed with a codec of number ${codec}`)
  try {
    return known.unpack(packed, limit)
  } catch (cause) {
    const most = `${Number((limit / 2 ** 20).toPrecision(3))} MiB`
    const message = `packed with ${known.name}, they are damaged or unpack to more than ${most}`
    throw new RecstreamError('LOG_CORRUPT', message, { cause })
  }
}
