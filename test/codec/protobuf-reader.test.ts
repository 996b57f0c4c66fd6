import { create, toBinary } from '@bufbuild/protobuf'
import {
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { protobufReader } from '../../src/codec/protobuf-reader.ts'
import { Rejection } from '../../src/records/rejection.ts'

const field = (name: string, number: number, type: Type, more: object = {}) => ({
  name,
  number,
  type,
  label: Label.OPTIONAL,
  ...more,
})
const descriptor = (file: Parameters<typeof create<typeof FileDescriptorProtoSchema>>[1]) =>
  Buffer.from(toBinary(FileDescriptorProtoSchema, create(FileDescriptorProtoSchema, file))).toString('base64')

const common = descriptor({
  ...{ name: 'common.proto', package: 'shop', syntax: 'proto3' },
  messageType: [{ name: 'Visitor', field: [field('visitor_id', 1, Type.INT64), field('note', 2, Type.STRING)] }],
})
/** What `format=serialized` gives for a schema with two messages, the first with one inside. */
const clicks = descriptor({
  ...{ name: 'clicks.proto', package: 'shop', syntax: 'proto3' },
  dependency: ['google/protobuf/timestamp.proto', 'google/protobuf/wrappers.proto', 'shop/common.proto'],
  enumType: [
    {
      name: 'Action',
      value: [
        { name: 'VIEW', number: 0 },
        { name: 'BUY', number: 1 },
      ],
    },
  ],
  messageType: [
    {
      name: 'Click',
      field: [
        field('user_id', 1, Type.STRING),
        field('action', 2, Type.ENUM, { typeName: '.shop.Action' }),
        field('at', 3, Type.MESSAGE, { typeName: '.google.protobuf.Timestamp' }),
        field('price', 4, Type.DOUBLE, { oneofIndex: 0, proto3Optional: true }),
        field('visitor', 5, Type.MESSAGE, { typeName: '.shop.Visitor' }),
        field('tags', 6, Type.STRING, { label: Label.REPEATED }),
        field('counts', 7, Type.MESSAGE, { label: Label.REPEATED, typeName: '.shop.Click.CountsEntry' }),
        field('list', 8, Type.MESSAGE, { typeName: '.google.protobuf.StringValue' }),
        field('raw', 9, Type.BYTES),
        field('parts', 10, Type.MESSAGE, { label: Label.REPEATED, typeName: '.shop.Click' }),
      ],
      oneofDecl: [{ name: '_price' }],
      nestedType: [
        { name: 'Inner', field: [field('flag', 1, Type.BOOL)] },
        {
          name: 'CountsEntry',
          field: [field('key', 1, Type.STRING), field('value', 2, Type.INT32)],
          options: { mapEntry: true },
        },
      ],
    },
    { name: 'Other', field: [field('n', 1, Type.SINT64)] },
  ],
})
const schema = { type: 'PROTOBUF', text: clicks, refers: true, imports: { 'shop/common.proto': common } }
const read = protobufReader(schema) as Exclude<ReturnType<typeof protobufReader>, Rejection>
const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')

// Bytes by hand, from Protobuf's encoding and from "Wire format" of Confluent's serializers.

test('a message is a plain value, its fields by their JSON names', () => {
  const parts = [
    ...['0a 03 61 6e 6e', '10 01', '1a 0a 08 80 e2 cf aa 06 10 c0 84 3d', '21 00 00 00 00 00 00 12 40'],
    ...[
      '2a 0c 08 ff ff ff ff ff ff ff ff 7f 12 00',
      '32 01 78 32 01 79',
      '3a 05 0a 01 61 10 02',
      '42 03 0a 01 6c',
      '4a 01 ff',
    ],
  ]
  const value = read(Buffer.concat(['00', ...parts].map(bytes)), 0, null)
  expect(value).toEqual({
    ...{ userId: 'ann', action: 'BUY', at: 1_700_000_000_001, price: 4.5 },
    ...{ visitor: { visitorId: 2n ** 63n - 1n, note: null }, tags: ['x', 'y'], counts: { a: 2 } },
    ...{ list: 'l', raw: Buffer.from([0xff]), parts: [] },
  })
})

test('what is not there is null, but a number without presence, which is 0', () => {
  expect(read(bytes('00 10 00'), 0, null)).toMatchObject({
    userId: null,
    action: 'VIEW',
    at: null,
    price: null,
    visitor: null,
    tags: [],
  })
})

test('the message is named by its place in the schema, before it or in a header', () => {
  expect(read(bytes('ff 02 02 08 0e'), 1, null)).toEqual({ n: 7 })
  expect(read(bytes('04 00 00 08 01'), 0, null)).toEqual({ flag: true })
  expect(read(bytes('08 0e'), 0, bytes('02 02'))).toEqual({ n: 7 })
  for (const none of [bytes('02 08'), bytes('06 00 00 00'), bytes('01'), bytes('')])
    expect(read(none, 0, null)).toBeInstanceOf(Rejection)
})

test('a schema that is text, no schema, or lacks a file is refused', () => {
  for (const text of ['syntax = "proto3";', 'AAAA', '', 'A'.repeat(600_000)]) {
    expect(protobufReader({ ...schema, text })).toMatchObject({ reason: 'unknown-schema' })
  }
  expect(protobufReader({ ...schema, imports: {} })).toMatchObject({ reason: 'unknown-schema' })
})

test('a descriptor that was parsed and never linked is completed', () => {
  const text = descriptor({
    ...{
      name: 'a.proto',
      package: 'shop',
      syntax: 'proto3',
      dependency: ['google/protobuf/timestamp.proto', 'shop/common.proto'],
    },
    messageType: [
      {
        name: 'Click',
        enumType: [
          {
            name: 'Action',
            value: [
              { name: 'VIEW', number: 0 },
              { name: 'BUY', number: 1 },
            ],
          },
        ],
        field: ['google.protobuf.Timestamp', 'Action', 'Visitor', '.shop.Visitor'].map((typeName, at) => ({
          ...{ name: `f_${at}`, number: at + 1, label: Label.OPTIONAL, typeName },
        })),
      },
    ],
  })
  const click = protobufReader({ ...schema, text }) as typeof read
  expect(click(bytes('00 0a 02 08 01 10 01 1a 02 08 05'), 0, null)).toEqual({
    ...{ f0: 1_000, f1: 'BUY', f2: { visitorId: 5, note: null }, f3: null },
  })
  expect(protobufReader({ ...schema, text, imports: {} })).toMatchObject({
    message: expect.stringContaining('Visitor'),
  })
})

test('any bytes are a value or a rejection', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), array => {
      const value = read(Buffer.concat([Buffer.from([0]), array]), 0, null)
      if (!(value instanceof Rejection)) expect(value).toHaveProperty('userId')
    }),
  )
})

test('messages of few bytes are read, and more of them than the bytes deserve are not', () => {
  const empty = (count: number) => Buffer.concat([bytes('00'), ...Array.from({ length: count }, () => bytes('52 00'))])
  expect(read(empty(900), 0, null)).toMatchObject({ parts: { length: 900 } })
  expect(read(empty(20_000), 0, null)).toBeInstanceOf(Rejection)
  expect(read(bytes('00 53 54'), 0, null)).toBeInstanceOf(Rejection)
})
