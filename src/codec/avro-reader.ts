import { RecstreamError } from '../errors.ts'
import { Rejection } from '../records/rejection.ts'
import { type LogicalSchema, logicalSchema } from './canonical-schema.ts'
import { type AvroReader, compilePlain, type PlainOptions } from './plain-avro.ts'
import type { AvroSchema } from './schema.ts'
import { unusableSchema } from './unusable-schema.ts'
import { compileWalk } from './walk.ts'

const maxSchemaLength = 256 << 10

const misfit = new Rejection('undecodable', 'The bytes do not fit the Avro schema that they name.')
const tooLong = new Rejection('invalid', 'A long is beyond 2^53, which no field here can hold.')

/** Reads values that were written with our own schema; any bytes give a value or a rejection. */
export function ownReader({ type, walk }: AvroSchema): AvroReader {
  return (bytes, from) => {
    if (!walk(bytes, from)) return misfit
    try {
      return type.decode(bytes, from).value
    } catch {
      return tooLong
    }
  }
}

/**
 * Reads values that were written with somebody's schema, as plain ones; any bytes give a value or a rejection. A schema that
 * is not one is refused as unknown.
 */
export function plainReader(writer: string, options: PlainOptions): AvroReader | Rejection {
  if (writer.length > maxSchemaLength)
    return new Rejection('unknown-schema', `The writer's schema is longer than ${maxSchemaLength} characters.`)
  try {
    const schema = logicalSchema(parsed(writer))
    const walk = compileWalk(schema)
    const read = compilePlain(schema, options)
    const zoneless = options.decimals === 'number' && hasLocalTime(schema) ? localTime : null
    return (bytes, from) => (walk(bytes, from) ? (zoneless ?? read(bytes, from)) : misfit)
  } catch (error) {
    if (error instanceof RecstreamError) return new Rejection('unknown-schema', error.message)
    return unusableSchema("The writer's schema is not one", error)
  }
}

const localTime = new Rejection(
  'invalid',
  '"time" is a local-timestamp, which has no time zone; write timestamp-millis, or a decode that knows the zone.',
)

function hasLocalTime(schema: LogicalSchema): boolean {
  if (typeof schema !== 'object' || !('fields' in schema)) return false
  const time = schema.fields.find(({ name }) => name === 'time')?.type ?? 'null'
  const branches = Array.isArray(time) ? time : [time]
  return branches.some(
    each => typeof each === 'object' && 'logicalType' in each && each.logicalType?.startsWith('local-'),
  )
}

function parsed(schema: string): unknown {
  // A registry may give a primitive's bare name, which is not JSON.
  return /^[a-z]+$/.test(schema) ? schema : JSON.parse(schema)
}
