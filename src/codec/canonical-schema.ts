import { RecstreamError } from '../errors.ts'

/** A schema in Avro's Parsing Canonical Form: full names, nothing that decoding does not need. */
export type CanonicalSchema =
  | string
  | CanonicalSchema[]
  | { name: string; type: 'record'; fields: { name: string; type: CanonicalSchema }[] }
  | { name: string; type: 'enum'; symbols: string[] }
  | { name: string; type: 'fixed'; size: number }
  | { type: 'array'; items: CanonicalSchema }
  | { type: 'map'; values: CanonicalSchema }

const primitives = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'])
const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/
const maxDepth = 64
const maxNodes = 4_096
const maxFixedSize = 1 << 24

/** The same with what logical types say of primitives and fixed types; nothing for fingerprints. */
export type LogicalSchema =
  | string
  | LogicalSchema[]
  | ({ type: 'bytes' | 'int' | 'long' | 'string' } & Logical)
  | { name: string; type: 'record'; fields: { name: string; type: LogicalSchema }[] }
  | { name: string; type: 'enum'; symbols: string[] }
  | ({ name: string; type: 'fixed'; size: number } & Partial<Logical>)
  | { type: 'array'; items: LogicalSchema }
  | { type: 'map'; values: LogicalSchema }

interface Logical {
  logicalType: string
  /** Digits behind the point of a decimal. */
  scale: number
}

interface Scope {
  names: Set<string>
  nodes: number
  logical: boolean
}

/**
 * The Parsing Canonical Form of a schema; SCHEMA_INVALID if it is not one, nests too deep or is too large.
 *
 *     canonicalSchema({ type: 'enum', name: 'Size', namespace: 'shop', doc: '…', symbols: ['S', 'M'] })
 *     // { name: 'shop.Size', type: 'enum', symbols: ['S', 'M'] }
 *
 * It is also the door for schemas from outside: names are checked, and what decoding does not need is left behind.
 */
export function canonicalSchema(schema: unknown): CanonicalSchema {
  return canonical(schema, '', 0, { names: new Set(), nodes: 0, logical: false })
}

/** The canonical form with logical types, by the same door. */
export function logicalSchema(schema: unknown): LogicalSchema {
  return canonical(schema, '', 0, { names: new Set(), nodes: 0, logical: true })
}

function canonical(schema: unknown, namespace: string, depth: number, scope: Scope): CanonicalSchema {
  if (depth > maxDepth) throw invalid(`nests deeper than ${maxDepth} levels`)
  if (++scope.nodes > maxNodes) throw invalid(`has more than ${maxNodes} types`)
  if (typeof schema === 'string') return reference(schema, namespace, scope)
  if (Array.isArray(schema)) {
    return schema.map(branch => {
      if (Array.isArray(branch)) throw invalid('has a union directly inside a union')
      return canonical(branch, namespace, depth + 1, scope)
    })
  }
  if (typeof schema !== 'object' || schema === null) throw invalid('has a type that is not a text, list or object')
  const { type, ...rest } = schema as Record<string, unknown>
  // { "type": { "type": "string", … } } is how some generators attach attributes.
  if (typeof type === 'object') return canonical(type, namespace, depth + 1, scope)
  if (type === 'array') return { type, items: canonical(rest.items, namespace, depth + 1, scope) }
  if (type === 'map') return { type, values: canonical(rest.values, namespace, depth + 1, scope) }
  if (type === 'record' || type === 'enum' || type === 'fixed') return named(type, rest, namespace, depth, scope)
  if (typeof type !== 'string') throw invalid('has an object without a type')
  const name = reference(type, namespace, scope)
  const logical = primitives.has(name) ? logicalOf(rest, scope) : {}
  return 'logicalType' in logical ? ({ type: name, ...logical } as unknown as CanonicalSchema) : name
}

/** What a type says of its meaning, if anybody asks. */
function logicalOf(schema: Record<string, unknown>, { logical }: Scope): Partial<Logical> {
  const { logicalType, scale } = schema
  if (!logical || typeof logicalType !== 'string') return {}
  return { logicalType, scale: Number.isInteger(scale) ? (scale as number) : 0 }
}

function named(
  type: 'record' | 'enum' | 'fixed',
  schema: Record<string, unknown>,
  outer: string,
  depth: number,
  scope: Scope,
): CanonicalSchema {
  const name = fullName(schema.name, typeof schema.namespace === 'string' ? schema.namespace : outer)
  if (scope.names.has(name) || primitives.has(name)) throw invalid('defines a name twice')
  scope.names.add(name)
  if (type === 'fixed') {
    const size = schema.size
    if (!Number.isInteger(size) || (size as number) < 0 || (size as number) > maxFixedSize)
      throw invalid('has a fixed type without a sensible size')
    return { name, type, size: size as number, ...logicalOf(schema, scope) }
  }
  if (type === 'enum') {
    const symbols = schema.symbols
    if (!Array.isArray(symbols) || symbols.length === 0) throw invalid('has an enum without symbols')
    if ((scope.nodes += symbols.length) > maxNodes) throw invalid(`has more than ${maxNodes} types`)
    return { name, type, symbols: distinct(symbols) }
  }
  const fields = schema.fields
  if (!Array.isArray(fields)) throw invalid('has a record without fields')
  const names = distinct(fields.map(field => (field as { name?: unknown } | null)?.name))
  const namespace = name.slice(0, Math.max(0, name.lastIndexOf('.')))
  return {
    name,
    type,
    fields: fields.map((field: { type?: unknown }, index) => ({
      name: names[index]!,
      type: canonical(field.type, namespace, depth + 1, scope),
    })),
  }
}

function reference(type: string, namespace: string, scope: Scope): string {
  if (primitives.has(type)) return type
  const name = fullName(type, namespace)
  if (scope.names.has(name)) return name
  if (scope.names.has(type)) return type
  throw invalid('uses a type that it does not define')
}

function fullName(name: unknown, namespace: string): string {
  if (typeof name !== 'string') throw invalid('has a type without a name')
  const full = name.includes('.') || namespace === '' ? name : `${namespace}.${name}`
  for (const part of full.split('.')) checked(part)
  return full
}

function distinct(names: unknown[]): string[] {
  if (new Set(names).size !== names.length) throw invalid('has a field or symbol twice')
  return names.map(checked)
}

function checked(name: unknown): string {
  if (typeof name !== 'string' || !namePattern.test(name) || name === '__proto__')
    throw invalid('has a name that Avro does not allow')
  return name
}

function invalid(what: string): RecstreamError {
  return new RecstreamError('SCHEMA_INVALID', `The Avro schema ${what}; correct it where it was registered.`)
}
