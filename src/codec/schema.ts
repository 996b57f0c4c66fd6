import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import avro from 'avsc'
import { packageRoot } from '../package-root.ts'
import { type CanonicalSchema, canonicalSchema } from './canonical-schema.ts'
import { fingerprint } from './fingerprint.ts'
import { compileWalk, type Walk } from './walk.ts'

/** The records that have a schema of their own, by the name of its file. */
export type SchemaName =
  | 'behaviour-event'
  | 'user-profile'
  | 'item'
  | 'interest-sequences'
  | 'recommendation'
  | 'model-version'
  | 'command'

export interface AvroSchema {
  type: avro.Type
  canonical: CanonicalSchema
  /** What a single-object encoding begins with: C3 01 and the schema's fingerprint. */
  header: Buffer
  walk: Walk
}

const loaded = new Map<SchemaName, AvroSchema>()

/** The folder of `.avsc` files that ships with the package. */
export const schemaFolder = join(packageRoot(), 'schemas')

/**
 * One of the package's own schemas, read once.
 *
 *     avroSchema('recommendation').header.toString('hex')   // 'c301…'
 */
export function avroSchema(name: SchemaName): AvroSchema {
  const known = loaded.get(name)
  if (known !== undefined) return known
  const source = JSON.parse(readFileSync(join(schemaFolder, `${name}.avsc`), 'utf8'))
  const canonical = canonicalSchema(source)
  const schema = {
    type: avro.Type.forSchema(source, { omitRecordMethods: true }),
    canonical,
    header: Buffer.concat([Buffer.from([0xc3, 0x01]), fingerprint(JSON.stringify(canonical))]),
    walk: compileWalk(canonical),
  }
  loaded.set(name, schema)
  return schema
}
