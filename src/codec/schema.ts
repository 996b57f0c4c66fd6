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
  | 'block-order'
  | 'recommendation'
  | 'model-version'
  | 'command'

export interface AvroSchema {
  type: avro.Type
  canonical: CanonicalSchema
  /** What a single-object encoding begins with: C3 01 and the schema's fingerprint. */
  header: Buffer
  walk: Walk
  /** The same as it was before fields came to it, newest first; what was written so is still read. */
  earlier: readonly EarlierSchema[]
}

/** A schema as it was, and how values of it are read as what it is now. */
export interface EarlierSchema extends Pick<AvroSchema, 'header' | 'walk'> {
  resolver: avro.Resolver
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
  const type = typeOf(source)
  const schema = { type, ...readable(canonicalSchema(source)), earlier: earlierOf(source, type) }
  loaded.set(name, schema)
  return schema
}

/** Fields say since which change of the schema they are there; each has a default. */
function earlierOf(source: unknown, type: avro.Type): EarlierSchema[] {
  const earlier: EarlierSchema[] = []
  for (let version = newestIn(source) - 1; version >= 0; version--) {
    const before = asOf(source, version)
    const { header, walk } = readable(canonicalSchema(before))
    earlier.push({ header, walk, resolver: type.createResolver(typeOf(before)) })
  }
  return earlier
}

function typeOf(source: unknown): avro.Type {
  return avro.Type.forSchema(source as avro.Schema, { omitRecordMethods: true })
}

function readable(canonical: CanonicalSchema): Pick<AvroSchema, 'canonical' | 'header' | 'walk'> {
  const header = Buffer.concat([Buffer.from([0xc3, 0x01]), fingerprint(JSON.stringify(canonical))])
  return { canonical, header, walk: compileWalk(canonical) }
}

function newestIn(source: unknown): number {
  if (typeof source !== 'object' || source === null) return 0
  const own = (source as { since?: number }).since ?? 0
  return Object.values(source).reduce((newest, part) => Math.max(newest, newestIn(part)), own)
}

/** A schema without the fields that came after a change of it. */
function asOf(source: unknown, version: number): unknown {
  if (Array.isArray(source)) return source.filter(part => sinceOf(part) <= version).map(part => asOf(part, version))
  if (typeof source !== 'object' || source === null) return source
  return Object.fromEntries(Object.entries(source).map(([name, part]) => [name, asOf(part, version)]))
}

function sinceOf(part: unknown): number {
  return (part as { since?: number } | null)?.since ?? 0
}
