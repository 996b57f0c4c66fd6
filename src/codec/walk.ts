import { isUtf8 } from 'node:buffer'
import type { CanonicalSchema } from './canonical-schema.ts'

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

interface Node {
  /** Move past one value; false as soon as the bytes do not hold one. */
  pass: (cursor: Cursor) => boolean
  /** The fewest bytes that a value takes. */
  least: number
}

/**
 * Compile a check that goes over a value before avsc decodes it.
 *
 *     compileWalk({ type: 'array', items: 'int' })(Buffer.from('80e1eb17', 'hex'), 0)   // 25 million items in 4 bytes: false
 *
 * Every claimed count and length is held against the bytes that are left, nesting against a limit, and a block's
 * claimed size against what it holds; the work is linear in the bytes. What passes, avsc reads without harm (a long
 * beyond 2^53 still makes it throw).
 */
export function compileWalk(schema: CanonicalSchema): Walk {
  const root = compile(schema, new Map())
  return (bytes, from) => {
    const cursor = { bytes, position: from, steps: spareSteps + stepsPerByte * bytes.length, depth: 0 }
    return root.pass(cursor) && cursor.position === bytes.length
  }
}

function compile(schema: CanonicalSchema, names: Map<string, Node>): Node {
  if (typeof schema === 'string') return primitives[schema] ?? names.get(schema)!
  if (Array.isArray(schema)) return union(schema.map(branch => compile(branch, names)))
  switch (schema.type) {
    case 'array':
      return array(compile(schema.items, names))
    case 'map':
      return array(entry(compile(schema.values, names)))
    case 'fixed': {
      const node = fixed(schema.size)
      names.set(schema.name, node)
      return node
    }
    case 'enum': {
      const node = index(schema.symbols.length)
      names.set(schema.name, node)
      return node
    }
    case 'record': {
      // Known by name before its fields are, so that a field can hold the record itself; such a field has a bound of 0.
      const node: Node = { pass: () => false, least: 0 }
      names.set(schema.name, node)
      const { pass, least } = record(schema.fields.map(field => compile(field.type, names)))
      node.pass = pass
      node.least = least
      return node
    }
  }
}

function fixed(size: number): Node {
  return {
    least: size,
    pass: cursor => (cursor.position += size) <= cursor.bytes.length,
  }
}

function index(count: number): Node {
  return {
    least: 1,
    pass: cursor => {
      const value = readLong(cursor)
      return value >= 0 && value < count
    },
  }
}

function union(branches: Node[]): Node {
  return {
    least: 1 + Math.min(...branches.map(branch => branch.least)),
    pass: cursor => {
      const branch = branches[readLong(cursor)]
      if (branch === undefined || ++cursor.depth > maxDepth) return false
      if (!branch.pass(cursor)) return false
      cursor.depth--
      return true
    },
  }
}

function record(fields: Node[]): Node {
  return {
    least: fields.reduce((sum, field) => sum + field.least, 0),
    pass: cursor => {
      if ((cursor.steps -= 1 + fields.length) < 0 || ++cursor.depth > maxDepth) return false
      for (const field of fields) if (!field.pass(cursor)) return false
      cursor.depth--
      return true
    },
  }
}

function array(item: Node): Node {
  return {
    least: 1,
    pass: cursor => {
      if (++cursor.depth > maxDepth) return false
      for (;;) {
        let count = readLong(cursor)
        if (count === 0) {
          cursor.depth--
          return true
        }
        let end = -1
        if (count < 0) {
          count = -count
          const size = readLong(cursor)
          if (!(size >= 0 && size <= cursor.bytes.length - cursor.position)) return false
          end = cursor.position + size
        }
        // Written so that NaN (a number cut off) is refused as well.
        if (!(count * item.least <= cursor.bytes.length - cursor.position && (cursor.steps -= count) >= 0)) return false
        for (; count > 0; count--) if (!item.pass(cursor)) return false
        // A reader that skips trusts the size, a reader that reads does not: they must agree.
        if (end !== -1 && cursor.position !== end) return false
      }
    },
  }
}

function entry(value: Node): Node {
  return {
    least: 1 + value.least,
    pass: cursor => {
      const start = cursor.position
      if (!passText(cursor)) return false
      if (cursor.position - start === 10 && cursor.bytes.toString('latin1', start + 1, start + 10) === '__proto__')
        return false
      return value.pass(cursor)
    },
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

const primitives: Readonly<Record<string, Node>> = {
  null: { least: 0, pass: () => true },
  boolean: {
    least: 1,
    pass: cursor => cursor.position < cursor.bytes.length && cursor.bytes[cursor.position++]! <= 1,
  },
  int: {
    least: 1,
    pass: cursor => {
      const value = readLong(cursor)
      return value >= -2_147_483_648 && value <= 2_147_483_647
    },
  },
  long: { least: 1, pass: cursor => !Number.isNaN(readLong(cursor)) },
  float: fixed(4),
  double: fixed(8),
  bytes: { least: 1, pass: passBytes },
  string: { least: 1, pass: passText },
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
