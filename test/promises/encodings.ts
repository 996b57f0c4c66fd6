import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { create, createFileRegistry, toBinary } from '@bufbuild/protobuf'
import {
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt'
import { encodeEvent, encodeItem, encodeProfile } from '../../src/codec/input.ts'
import { avroSchema, type SchemaName } from '../../src/codec/schema.ts'
import type { BehaviourEvent, Item, UserProfile } from '../../src/records/definition.ts'

/** Every form in which producers may write input records. */
export const encodings = ['JSON', 'single object', 'Confluent JSON', 'Confluent Avro', 'Confluent Protobuf'] as const
export type EncodingName = (typeof encodings)[number]

/** Input records in one form; the framed ones name the schemas of `startRegistry`. */
export interface Encoder {
  event(event: BehaviourEvent): Buffer
  profile(profile: UserProfile): Buffer
  item(item: Item): Buffer
}

const schemas: readonly SchemaName[] = ['behaviour-event', 'user-profile', 'item']
const idOf = (schema: SchemaName, first: number) => first + schemas.indexOf(schema)
const avroIds = 1
const protobufIds = 11
const jsonId = 21

const text = (name: string, number: number) => ({ name, number, type: Type.STRING, label: Label.OPTIONAL })
const optional = (field: ReturnType<typeof text>, oneofIndex: number) => ({
  ...field,
  oneofIndex,
  proto3Optional: true,
})
const repeated = { label: Label.REPEATED }
const map = (name: string, number: number, typeName: string) => {
  return { ...text(name, number), ...repeated, type: Type.MESSAGE, typeName }
}
const entry = (name: string, type: Type) => ({
  name,
  field: [text('key', 1), { ...text('value', 2), type }],
  options: { mapEntry: true },
})
const oneof = (name: string) => ({ name })

const file = create(FileDescriptorProtoSchema, {
  ...{ name: 'input.proto', package: 'shop', syntax: 'proto3' },
  messageType: [
    {
      name: 'Event',
      field: [
        optional(text('event_id', 1), 0),
        ...[text('user_id', 2), text('item_id', 3), text('behaviour', 4), { ...text('time', 5), type: Type.INT64 }],
        optional({ ...text('value', 6), type: Type.DOUBLE }, 1),
        map('properties', 7, '.shop.Event.PropertiesEntry'),
        optional(text('recommendation_id', 8), 2),
      ],
      oneofDecl: [oneof('_event_id'), oneof('_value'), oneof('_recommendation_id')],
      nestedType: [entry('PropertiesEntry', Type.DOUBLE)],
    },
    {
      name: 'Profile',
      field: [text('user_id', 1), map('attributes', 2, '.shop.Profile.AttributesEntry')],
      nestedType: [entry('AttributesEntry', Type.STRING)],
    },
    {
      name: 'Item',
      field: [
        ...[text('item_id', 1), optional(text('title', 2), 0)],
        ...[map('attributes', 3, '.shop.Item.AttributesEntry'), { ...text('tags', 4), ...repeated }],
      ],
      oneofDecl: [oneof('_title')],
      nestedType: [entry('AttributesEntry', Type.STRING)],
    },
  ],
})
const messages = createFileRegistry(file, () => undefined)

/** Behind Confluent's zero and the schema's id. */
function framed(id: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(id, 1)
  return Buffer.concat([head, body])
}

const inAvro = (schema: SchemaName, value: object) =>
  framed(idOf(schema, avroIds), avroSchema(schema).type.toBuffer(value))

function inProtobuf(number: number, name: string, value: object): Buffer {
  const message = messages.getMessage(`shop.${name}`)!
  const body = toBinary(message, create(message, withoutNulls(value)))
  // Its index: one number for the first message, else a list of one.
  const index = number === 0 ? [0] : [2, 2 * number]
  return framed(protobufIds, Buffer.concat([Buffer.from(index), body]))
}

const withoutNulls = (value: object) => Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null))

export const encoders: Record<EncodingName, Encoder> = {
  JSON: { event: encodeEvent, profile: encodeProfile, item: encodeItem },
  'single object': {
    event: event => encodeEvent(event, 'avro'),
    profile: profile => encodeProfile(profile, 'avro'),
    item: item => encodeItem(item, 'avro'),
  },
  'Confluent JSON': {
    event: event => framed(jsonId, encodeEvent(event)),
    profile: profile => framed(jsonId, encodeProfile(profile)),
    item: item => framed(jsonId, encodeItem(item)),
  },
  'Confluent Avro': {
    event: event => inAvro('behaviour-event', event),
    profile: profile => inAvro('user-profile', profile),
    item: item => inAvro('item', item),
  },
  'Confluent Protobuf': {
    event: event => inProtobuf(0, 'Event', { ...event, time: BigInt(event.time) }),
    profile: profile => inProtobuf(1, 'Profile', profile),
    item: item => inProtobuf(2, 'Item', item),
  },
}

/** A schema registry that knows what the framed encoders name. */
export async function startRegistry(): Promise<{ url: string; close: () => void }> {
  const serialized = Buffer.from(toBinary(FileDescriptorProtoSchema, file)).toString('base64')
  const answers = new Map<string, object>([
    [`ids/${jsonId}`, { schemaType: 'JSON', schema: '{"type":"object"}' }],
    [`ids/${protobufIds}`, { schemaType: 'PROTOBUF', schema: 'syntax = "proto3"; package shop;' }],
    [`ids/${protobufIds}?format=serialized`, { schemaType: 'PROTOBUF', schema: serialized }],
    ...schemas.map(name => {
      const { canonical } = avroSchema(name)
      return [`ids/${idOf(name, avroIds)}`, { schema: JSON.stringify(canonical) }] as const
    }),
  ])
  const server = createServer((request, response) => {
    const found = answers.get(request.url!.slice('/schemas/'.length))
    response.writeHead(found === undefined ? 404 : 200).end(JSON.stringify(found ?? { error_code: 40403 }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}
