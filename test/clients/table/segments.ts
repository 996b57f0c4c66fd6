import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Codec, codecs } from './clients.ts'

/** How a batch of records lies on the broker's disk. */
export interface Batch {
  partition: number
  firstOffset: number
  lastOffset: number
  codec: Codec
  /** Its producer numbers its batches, so that the broker drops repeats. */
  idempotent: boolean
  /** Timestamp of its first record, in milliseconds since 1970. */
  time: number
}

/** The batches of a topic, from the files of a broker that runs here: no client says how another one wrote. */
export function batchesOf(topic: string, logFolder: string): Batch[] {
  return readdirSync(logFolder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && entry.name.slice(0, entry.name.lastIndexOf('-')) === topic)
    .flatMap(({ name }) =>
      readdirSync(join(logFolder, name))
        .filter(file => file.endsWith('.log'))
        .flatMap(file => batchesIn(readFileSync(join(logFolder, name, file)), Number(name.split('-').at(-1)))),
    )
}

// https://kafka.apache.org/documentation/#recordbatch
function batchesIn(bytes: Buffer, partition: number): Batch[] {
  const batches: Batch[] = []
  for (let at = 0; at + 61 <= bytes.length && bytes.readInt32BE(at + 8) > 0; at += 12 + bytes.readInt32BE(at + 8)) {
    const firstOffset = Number(bytes.readBigInt64BE(at))
    batches.push({
      partition,
      firstOffset,
      lastOffset: firstOffset + bytes.readInt32BE(at + 23),
      codec: codecs[bytes.readInt16BE(at + 21) & 7]!,
      idempotent: bytes.readBigInt64BE(at + 43) >= 0n,
      time: Number(bytes.readBigInt64BE(at + 27)),
    })
  }
  return batches
}
