import avro from 'avsc'
import { RecstreamError } from '../errors.ts'
import { Rejection } from '../records/rejection.ts'
import { canonicalSchema } from './canonical-schema.ts'
import type { AvroSchema } from './schema.ts'
import { compileWalk } from './walk.ts'

/** Read the value that fills the bytes from a position on, as our schema shapes it; any bytes give a value or a rejection. */
export type AvroReader = (bytes: Buffer, from: number) => unknown

const maxSchemaLength = 256 << 10

const misfit = new Rejection('undecodable', 'The bytes do not fit the Avro schema that they name.')
const tooLong = new Rejection('invalid', 'A long is beyond 2^53, which no field here can hold.')

/** Reads values that were written with our own schema. */
export function ownReader(schema: AvroSchema): AvroReader {
  return reader(schema.type, schema.walk)
}

/**
 * Reads values that were written with another schema, by Avro's resolution rules; namespaces need not agree.
 *
 * A schema that is not one is refused as unknown, one that lacks a field of ours as invalid.
 */
export function resolvingReader(schema: AvroSchema, writer: string): AvroReader | Rejection {
  if (writer.length > maxSchemaLength)
    return new Rejection('unknown-schema', `The writer's schema is longer than ${maxSchemaLength} characters.`)
  let type: avro.Type
  let walk: AvroSchema['walk']
  try {
    const canonical = canonicalSchema(parsed(writer))
    type = avro.Type.forSchema(canonical as Parameters<typeof avro.Type.forSchema>[0], { omitRecordMethods: true })
    walk = compileWalk(canonical)
  } catch (error) {
    return new Rejection('unknown-schema', firstLine(error))
  }
  try {
    return reader(schema.type, walk, schema.type.createResolver(type, { ignoreNamespaces: true }))
  } catch (error) {
    return new Rejection('invalid', `The writer's schema cannot be read as ours: ${firstLine(error)}`)
  }
}

function reader(
  type: avro.Type,
  walk: AvroSchema['walk'],
  resolver?: ReturnType<avro.Type['createResolver']>,
): AvroReader {
  return (bytes, from) => {
    if (!walk(bytes, from)) return misfit
    try {
      return type.decode(bytes, from, resolver).value
    } catch {
      return tooLong
    }
  }
}

function parsed(schema: string): unknown {
  // A registry may give a primitive's bare name, which is not JSON.
  return /^[a-z]+$/.test(schema) ? schema : JSON.parse(schema)
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return error instanceof RecstreamError ? message : message.split('\n', 1)[0]!.slice(0, 200)
}
