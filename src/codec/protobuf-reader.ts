import { createFileRegistry, type DescField, type DescFile, type DescMessage, fromBinary } from '@bufbuild/protobuf'
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import * as wkt from '@bufbuild/protobuf/wkt'
import { Rejection } from '../records/rejection.ts'
import type { FramedReader } from './framing.ts'
import { linkFiles } from './protobuf-link.ts'
import type { RegisteredSchema } from './registry.ts'
import { numberIfSafe } from './safe-number.ts'
import { unusableSchema } from './unusable-schema.ts'

const maxDescriptor = 512 << 10
const maxDepth = 100
const spareSteps = 10_000
const stepsPerByte = 2
const largestIndexes = 100

const misfit = new Rejection('undecodable', 'The bytes do not fit the Protobuf schema that they name.')
const noDescriptor = new Rejection(
  'unknown-schema',
  'The schema registry gives this Protobuf schema as text only, not as a descriptor (format=serialized); write Avro or JSON Schema there.',
)

/** What comes with the library: the files that nobody registers. */
const wellKnown = new Map<string, DescFile>(
  Object.values(wkt)
    .filter(each => typeof each === 'object' && 'kind' in each && each.kind === 'file')
    .map(file => [`${file.name}.proto`, file] as const),
)

/**
 * A reader of a Protobuf schema's messages as plain values, fields by their JSON names; which message it is stands before it
 * or in `indexes`.
 *
 * Whole numbers of 64 bits are numbers up to 2^53 and bigints beyond, enums text, a Timestamp milliseconds since 1970; a field
 * that is not there is null, and so is an empty text whose presence the schema does not keep.
 */
export function protobufReader({ text, imports }: RegisteredSchema): FramedReader | Rejection {
  if (!/^[A-Za-z0-9+/\s]+={0,2}$/.test(text) || text.length > maxDescriptor) return noDescriptor
  try {
    const descriptor = (base64: string) => fromBinary(wkt.FileDescriptorProtoSchema, Buffer.from(base64, 'base64'))
    const file = descriptor(text)
    file.name ||= 'schema.proto'
    // Others know a file by the name under which they import it.
    const imported = new Map(
      Object.entries(imports).map(([name, base64]) => [name, Object.assign(descriptor(base64), { name })]),
    )
    linkFiles(
      [file, ...imported.values()],
      [...wellKnown.values()].map(({ proto }) => proto),
    )
    const registry = createFileRegistry(file, name => imported.get(name) ?? wellKnown.get(name))
    const { messages } = registry.getFile(file.name)!
    return (bytes, from, indexes) => read(messages, bytes, from, indexes)
  } catch (error) {
    return unusableSchema('The Protobuf schema of the registry cannot be used', error)
  }
}

function read(messages: readonly DescMessage[], bytes: Buffer, from: number, indexes: Buffer | null): unknown {
  try {
    const given = new BinaryReader(indexes ?? bytes.subarray(from))
    const message = indexes?.length === 0 ? messages[0] : messageAt(messages, given)
    const body = indexes === null ? bytes.subarray(from + given.pos) : bytes.subarray(from)
    const budget = { steps: spareSteps + stepsPerByte * body.length }
    if (message === undefined || !passes(shapeOf(message), new BinaryReader(body), body.length, budget, 0))
      return misfit
    return plain(message, fromBinary(message, body, { readUnknownFields: false, recursionLimit: maxDepth }) as Fields)
  } catch {
    return misfit
  }
}

/** Confluent's message indexes: their count and each of them zig-zag, or one 0 for the first message. */
function messageAt(messages: readonly DescMessage[], reader: BinaryReader): DescMessage | undefined {
  const count = reader.sint32()
  if (count < 0 || count > largestIndexes) return undefined
  let found = messages[count === 0 ? 0 : reader.sint32()]
  for (let k = 1; k < count; k++) found = found?.nestedMessages[reader.sint32()]
  return found
}

/** What is laid out for a message before a byte of it is read, and what may stand in its fields. */
interface Shape {
  cost: number
  inner: ReadonlyMap<number, () => Shape>
}

function shapeOf(message: DescMessage): Shape {
  const known = shapes.get(message)
  if (known !== undefined) return known
  const inner = new Map<number, () => Shape>()
  for (const { number, message: of, fieldKind } of message.fields) {
    if (of === undefined) continue
    // An entry of a map is a message of its own: 1 is its key, 2 its value.
    if (fieldKind === 'map') inner.set(number, () => ({ cost: 1, inner: new Map([[2, () => shapeOf(of)]]) }))
    else inner.set(number, () => shapeOf(of))
  }
  const shape = { cost: 1 + message.fields.length, inner }
  shapes.set(message, shape)
  return shape
}
const shapes = new WeakMap<DescMessage, Shape>()

/**
 * Whether reading makes no more work than the bytes deserve: a message of no bytes has all its fields laid out. Groups, which
 * nobody writes any more, do not pass.
 */
function passes(shape: Shape, reader: BinaryReader, end: number, budget: { steps: number }, depth: number): boolean {
  if (depth > maxDepth || (budget.steps -= shape.cost) < 0) return false
  while (reader.pos < end) {
    const [number, wireType] = reader.tag()
    if (wireType === WireType.StartGroup || wireType === WireType.EndGroup) return false
    const inner = wireType === WireType.LengthDelimited ? shape.inner.get(number) : undefined
    if (inner === undefined) {
      reader.skip(wireType, number)
      continue
    }
    const length = reader.uint32()
    const innerEnd = reader.pos + length
    if (innerEnd > end || !passes(inner(), reader, innerEnd, budget, depth + 1)) return false
  }
  return reader.pos === end
}

type Fields = Record<string, unknown>

function plain(message: DescMessage, value: Fields): unknown {
  if (message.typeName === 'google.protobuf.Timestamp') {
    return Number(value.seconds) * 1_000 + Math.floor((value.nanos as number) / 1_000_000)
  }
  if (message.typeName === 'google.protobuf.Duration') return Number(value.seconds) + (value.nanos as number) / 1e9
  // Entries, not assignments: a field may have any name.
  return Object.fromEntries(message.fields.map(field => [nameOf(field), fieldOf(field, value)]))
}

/** `userId` for `user_id`; a descriptor that no protoc made may leave it out. */
function nameOf({ jsonName, name }: DescField): string {
  return jsonName === '' ? name.replaceAll(/_+(.)/g, (_, letter: string) => letter.toUpperCase()) : jsonName
}

function fieldOf(field: DescField, message: Fields): unknown {
  const { oneof, localName } = field
  const chosen = oneof === undefined ? null : (message[oneof.localName] as { case?: string; value?: unknown })
  const value = chosen === null ? message[localName] : chosen.case === localName ? chosen.value : undefined
  switch (field.fieldKind) {
    case 'list':
      return (value as unknown[]).map(each => single(field, each))
    case 'map':
      return Object.fromEntries(Object.entries(value as Fields).map(([key, each]) => [key, single(field, each)]))
    default:
      if (value === '' && oneof === undefined && field.presence === implicitPresence) return null
      return value === undefined ? null : single(field, value)
  }
}

const implicitPresence = wkt.FeatureSet_FieldPresence.IMPLICIT

function single(field: DescField, value: unknown): unknown {
  // The library gives a wrapper (StringValue) as what it wraps, and a Struct as the object that it says.
  if (field.message) return isMessage(value) ? plain(field.message, value) : scalar(value)
  if (field.enum) return field.enum.value[value as number]?.name ?? value
  return scalar(value)
}

function isMessage(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && '$typeName' in value
}

function scalar(value: unknown): unknown {
  if (typeof value === 'bigint') return numberIfSafe(value)
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return value
}
