import { isUtf8 } from 'node:buffer'
import type { LogicalSchema } from './canonical-schema.ts'

/** Whether exactly one value of a schema stands in the bytes from a position to their end. */
export type Walk = (bytes: Buffer, from: number) => boolean

const maxDepth = 100
const spareSteps = 10_000
const stepsPerByte = 8

interface Cursor {
  bytes: Buffer
  position: number
  /** What may still be visited: types without bytes (null, an empty record) must not make work without end. */
  steps: number
  depth: number
}

/** Move past one value; false as soon as the bytes do not hold one. */
type Pass = (cursor: Cursor) => boolean

/**
 * Compile a check that goes over a value before anything decodes it.
 *
 *     compileWalk({ type: 'array', items: 'int' })(Buffer.from('06020400', 'hex'), 0)   // three items, the bytes of two: false
 *
 * A claimed count is held against the work that so many bytes may make, a length against the bytes that are left,
 * nesting against a limit, and a block's claimed size against what it holds; so the work is linear in the bytes. What
 * passes is decoded without harm (avsc still throws at a long beyond 2^53). Logical types change nothing.
 */
export function compileWalk(schema: LogicalSchema): Walk {
  const root = compile(schema, new Map())
  return (bytes, from) => {
    const cursor = { bytes, position: from, steps: spareSteps + stepsPerByte * bytes.length, depth: 0 }
    return root(cursor) && cursor.position === bytes.length
  }
}

function compile(schema: LogicalSchema, names: Map<string, Pass>): Pass {
  // A record may be called "constructor", which every object seems to have.
  if (typeof schema === 'string') return Object.hasOwn(primitives, schema) ? primitives[schema]! : names.get(schema)!
  if (Array.isArray(schema)) return union(schema.map(branch => compile(branch, names)))
  switch (schema.type) {
    case 'array':
      return array(compile(schema.items, names))
    case 'map':
      return array(entry(compile(schema.values, names)))
    case 'fixed': {
      const pass = fixed(schema.size)
      names.set(schema.name, pass)
      return pass
    }
    case 'enum': {
      const pass = index(schema.symbols.length)
      names.set(schema.name, pass)
      return pass
    }
    case 'record': {
      // Known by name before its fields are, so that a field can hold the record itself.
      const fields: Pass[] = []
      const pass = record(fields)
      names.set(schema.name, pass)
      for (const { type } of schema.fields) fields.push(compile(type, names))
      return pass
    }
    default:
      return primitives[schema.type]!
  }
}

function fixed(size: number): Pass {
  return cursor => (cursor.position += size) <= cursor.bytes.length
}

function index(count: number): Pass {
  return cursor => {
    const value = readLong(cursor)
    return value >= 0 && value < count
  }
}

function union(branches: readonly Pass[]): Pass {
  return cursor => {
    const branch = branches[readLong(cursor)]
    if (branch === undefined || ++cursor.depth > maxDepth) return false
    if (!branch(cursor)) return false
    cursor.depth--
    return true
  }
}

function record(fields: readonly Pass[]): Pass {
  return cursor => {
    if ((cursor.steps -= 1 + fields.length) < 0 || ++cursor.depth > maxDepth) return false
    for (const field of fields) if (!field(cursor)) return false
    cursor.depth--
    return true
  }
}

function array(item: Pass): Pass {
  return cursor => {
    if (++cursor.depth > maxDepth) return false
    for (;;) {
      let count = readLong(cursor)
      if (count === 0) {
        cursor.depth--
        return true
      }
      let end: number | undefined
      if (count < 0) {
        count = -count
        const size = readLong(cursor)
        end = cursor.position + size
      }
      // Written so that NaN (a number cut off) is refused as well.
      if (!((cursor.steps -= count) >= 0)) return false
      for (; count > 0; count--) if (!item(cursor)) return false
      // A reader that skips trusts the size, a reader that reads does not: they must agree.
      if (end !== undefined && cursor.position !== end) return false
    }
  }
}

function entry(value: Pass): Pass {
  return cursor => {
    const start = cursor.position
    if (!passText(cursor)) return false
    if (cursor.position - start === 10 && cursor.bytes.toString('latin1', start + 1, start + 10) === '__proto__')
      return false
    return value(cursor)
  }
}

function passText(cursor: Cursor): boolean {
  const length = readLong(cursor)
  const { bytes, position } = cursor
  if (!(length >= 0 && length <= bytes.length - position)) return false
  const end = (cursor.position = position + length)
  if (length > 64) return isUtf8(bytes.subarray(position, end))
  for (let at = position; at < end; at++) if (bytes[at]! > 127) return isUtf8(bytes.subarray(position, end))
  return true
}

function passBytes(cursor: Cursor): boolean {
  const length = readLong(cursor)
  if (!(length >= 0 && length <= cursor.bytes.length - cursor.position)) return false
  cursor.position += length
  return true
}

const primitives: Readonly<Record<string, Pass>> = {
  null: () => true,
  boolean: cursor => cursor.bytes[cursor.position++]! <= 1,
  int: cursor => {
    const value = readLong(cursor)
    return value >= -2_147_483_648 && value <= 2_147_483_647
  },
  long: cursor => !Number.isNaN(readLong(cursor)),
  float: fixed(4),
  double: fixed(8),
  bytes: passBytes,
  string: passText,
}

/** A zig-zag number of at most 10 bytes, NaN if it is cut off; beyond 2^53 only its size is right. */
function readLong(cursor: Cursor): number {
  const { bytes } = cursor
  let position = cursor.position
  let byte = bytes[position++]
  if (byte === undefined) return Number.NaN
  if (byte < 128) {
    cursor.position = position
    return (byte >> 1) ^ -(byte & 1)
  }
  let value = byte & 127
  let scale = 128
  for (let count = 1; count < 10; count++) {
    byte = bytes[position++]
    if (byte === undefined) return Number.NaN
    value += (byte & 127) * scale
    if (byte < 128) {
      cursor.position = position
      return value % 2 === 1 ? -(value + 1) / 2 : value / 2
    }
    scale *= 128
  }
  return Number.NaN
}
