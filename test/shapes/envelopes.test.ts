import { expect, test } from 'vitest'
import { connectPayload } from '../../src/shapes/connect.ts'
import { debeziumChange } from '../../src/shapes/debezium.ts'
import { knownEnvelope } from '../../src/shapes/known-envelope.ts'

// Forms as the documentation of Debezium (connectors, "Data change events"; ExtractNewRecordState) and Kafka Connect's
// JsonConverter have them.

const row = { id: 5, name: 'Pot' }
const source = { connector: 'postgresql', db: 'shop', table: 'products', lsn: 24_023_128 }
const change = (op: string, before: unknown, after: unknown) => ({
  before,
  after,
  source,
  op,
  ts_ms: 1_767_607_200_000,
})
const connect = (payload: unknown) => ({ schema: { type: 'struct', fields: [], optional: false }, payload })

test('the payload of Connect’s envelope, and any other value as it is', () => {
  expect(connectPayload(connect(row))).toBe(row)
  expect(connectPayload(connect(null))).toBeNull()
  expect(connectPayload({ schema: null, payload: 5 })).toBe(5)
  for (const other of [row, null, 5, [], { schema: 'public', payload: row }, { ...connect(row), more: 1 }]) {
    expect(connectPayload(other)).toBe(other)
  }
})

test.each([
  ['c', null, row, 'create'],
  ['r', null, row, 'read'],
  ['u', { id: 5, name: 'Pan' }, row, 'update'],
])('op %s is a row', (op, before, after, name) => {
  const expected = { op: name, deleted: false, row, before, time: 1_767_607_200_000 }
  expect(debeziumChange({ key: { id: 5 }, value: change(op, before, after) })).toEqual(expected)
  expect(debeziumChange({ key: connect({ id: 5 }), value: connect(change(op, before, after)) })).toEqual(expected)
})

test('a delete says its key, and what is known of the row', () => {
  const value = change('d', { id: 5, name: null }, null)
  expect(debeziumChange({ key: { id: 5 }, value })).toMatchObject({
    op: 'delete',
    deleted: true,
    row: { id: 5, name: null },
  })
  expect(debeziumChange({ key: { id: 5 }, value: change('d', null, null) })).toMatchObject({
    deleted: true,
    row: { id: 5 },
  })
})

test.each([{ id: 5 }, connect({ id: 5 })])('the null value behind it says the same by the key %o', key => {
  expect(debeziumChange({ key, value: null })).toEqual({
    op: 'delete',
    deleted: true,
    row: { id: 5 },
    before: null,
    time: null,
  })
})

test('a truncated table and a message are about no row', () => {
  for (const op of ['t', 'm']) expect(debeziumChange({ key: null, value: change(op, null, null) })).toBeNull()
})

test('a flattened record is a row; what it says of the operation counts', () => {
  expect(debeziumChange({ key: { id: 5 }, value: row })).toMatchObject({ op: 'update', deleted: false, row })
  expect(debeziumChange({ key: { id: 5 }, value: { ...row, __op: 'r', __ts_ms: 7 } })).toMatchObject({
    op: 'read',
    time: 7,
  })
  for (const gone of [{ __deleted: 'true' }, { __op: 'd', __deleted: 'true' }, { __op: 'd' }]) {
    expect(debeziumChange({ key: { id: 5 }, value: { ...row, ...gone } })).toMatchObject({
      deleted: true,
      row: { id: 5 },
    })
  }
  expect(debeziumChange({ key: null, value: { ...row, __deleted: 'false', __op: 'u' } })).toMatchObject({
    deleted: false,
  })
})

test.each([5, 'text', [row], change('c', null, null), change('u', row, 'x')])('%o is wrong', value => {
  expect(() => debeziumChange({ key: null, value })).toThrow(expect.objectContaining({ code: 'RECORD_INVALID' }))
})

test('a known envelope is called by its name', () => {
  expect(knownEnvelope(change('c', null, row))?.opens).toBe('debeziumChange')
  expect(knownEnvelope(connect(change('c', null, row)))?.opens).toBe('debeziumChange')
  expect(knownEnvelope({ ...row, __op: 'c' })?.opens).toBe('debeziumChange')
  expect(knownEnvelope(connect(row))?.opens).toBe('connectPayload')
  for (const other of [row, null, 5, [], { op: 'c' }]) expect(knownEnvelope(other)).toBeNull()
})
