import { RecstreamError } from '../errors.ts'
import type { AvroSchema } from './schema.ts'

const headerLength = 10
const keptScratch = 4 << 20
let scratch: Buffer = Buffer.alloc(64 << 10)

/**
 * A value in Avro's single-object encoding: C3 01, the schema's fingerprint, the value.
 *
 * The value must fit the schema; one that does not is a bug and throws.
 */
export function encodeSingleObject(schema: AvroSchema, value: unknown): Buffer {
  let end = schema.type.encode(value, scratch, headerLength)
  let buffer = scratch
  if (end < 0) {
    // The message names exactly what is missing, so that the second try fits.
    buffer = Buffer.alloc(scratch.length - end)
    if (buffer.length <= keptScratch) scratch = buffer
    end = schema.type.encode(value, buffer, headerLength)
  }
  schema.header.copy(buffer, 0)
  return Buffer.from(buffer.subarray(0, end))
}

/** Whether bytes begin with C3 01, which no JSON text and no Confluent framing does. */
export function isSingleObject(bytes: Buffer): boolean {
  return bytes.length >= headerLength && bytes[0] === 0xc3 && bytes[1] === 0x01
}

/** Whether bytes are a single object that was written with this schema. */
export function isOfSchema(schema: Pick<AvroSchema, 'header'>, bytes: Buffer): boolean {
  return bytes.length >= headerLength && schema.header.compare(bytes, 0, headerLength) === 0
}

/**
 * The value in a single-object encoding, also one that was written before fields came to the schema; RECORD_INVALID if the
 * bytes are anything else. Keep away from hot paths' rejects: it throws.
 */
export function decodeSingleObject(schema: AvroSchema, bytes: Buffer): unknown {
  const earlier = isOfSchema(schema, bytes) ? undefined : schema.earlier.find(written => isOfSchema(written, bytes))
  if (earlier === undefined && !isOfSchema(schema, bytes))
    throw new RecstreamError('RECORD_INVALID', 'The value was not written with this version’s schema; skip the record.')
  if (!(earlier ?? schema).walk(bytes, headerLength))
    throw new RecstreamError('RECORD_INVALID', 'The value’s bytes do not fit its schema; skip the record.')
  try {
    return schema.type.decode(bytes, headerLength, earlier?.resolver).value
  } catch (cause) {
    throw new RecstreamError('RECORD_INVALID', 'The value holds a number beyond 2^53; skip the record.', { cause })
  }
}
