import { Rejection } from '../records/rejection.ts'
import { uuidText } from './plain-avro.ts'
import type { SchemaId } from './registry.ts'

/** Where a framed value names its schema, and where its bytes begin. */
export interface Frame {
  id: SchemaId
  from: number
  /** Protobuf in header framing: the bytes that say which message of the schema it is. */
  indexes: Buffer | null
}

/** Reads the value behind a frame; `indexes` say which message it is, where a header does. */
export type FramedReader = (bytes: Buffer, from: number, indexes: Buffer | null) => unknown

const badHeader = new Rejection(
  'unknown-schema',
  'The header with the schema’s id does not begin with 0 and four bytes, or 1 and sixteen; correct the serializer.',
)
const glue = new Rejection(
  'unknown-schema',
  'The value is in the framing of AWS Glue’s schema registry, which is not read here; write JSON, or use a registry with Confluent’s framing.',
)
const apicurio = new Rejection(
  'unknown-schema',
  'The value is in Apicurio’s own framing; let its serializer write Confluent’s (four bytes of content id, ids not in headers), and give --registry its ccompat address.',
)

/**
 * The frame of a value or a key: Confluent's, in the bytes (0, id) or in a header (1, GUID); null for bytes without one.
 *
 *     frameOf(Buffer.from('0000000007…', 'hex'), {}, 'value')   // { id: 7, from: 5, indexes: null }
 *
 * Framings that are known and not read are a rejection that names them.
 */
export function frameOf(
  bytes: Buffer,
  headers: Readonly<Record<string, Buffer>>,
  of: 'key' | 'value',
): Frame | Rejection | null {
  const header = headers[`__${of}_schema_id`]
  if (header !== undefined) return frameOfHeader(header)
  if (bytes.length >= 5 && bytes[0] === 0) {
    const id = bytes.readUInt32BE(1)
    // Ids begin at 1; four zeros are the beginning of Apicurio's eight bytes.
    return id === 0 ? apicurio : { id, from: 5, indexes: null }
  }
  if (bytes.length >= 18 && bytes[0] === 3 && (bytes[1] === 0 || bytes[1] === 5)) return glue
  for (const name in headers) if (name.startsWith(`apicurio.${of}.`)) return apicurio
  return null
}

function frameOfHeader(header: Buffer): Frame | Rejection {
  const idBytes = header[0] === 0 ? 4 : header[0] === 1 ? 16 : 0
  if (idBytes === 0 || header.length < 1 + idBytes) return badHeader
  const id = idBytes === 4 ? header.readUInt32BE(1) : uuidText(header.subarray(1, 17))
  return { id, from: 0, indexes: header.subarray(1 + idBytes) }
}
