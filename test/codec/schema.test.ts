import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import avro from 'avsc'
import { expect, test } from 'vitest'
import { avroSchema, type SchemaName, schemaFolder } from '../../src/codec/schema.ts'
import { deadLetterRecord } from '../../src/ingest/collect/dead-letter.ts'

const files = readdirSync(schemaFolder).filter(name => name.endsWith('.avsc'))
const read = (file: string) => JSON.parse(readFileSync(join(schemaFolder, file), 'utf8'))
const encoded = files.filter(file => file !== 'dead-letter.avsc').map(file => file.slice(0, -5) as SchemaName)

test('every topic has its schema', () => {
  expect(files.toSorted()).toEqual([
    'behaviour-event.avsc',
    'block-order.avsc',
    'command.avsc',
    'dead-letter.avsc',
    'interest-sequences.avsc',
    'item.avsc',
    'model-version.avsc',
    'recommendation.avsc',
    'user-profile.avsc',
  ])
})

test.each(files)('%s parses, has a namespace, and says what each field is', file => {
  const schema = read(file)
  const type = avro.Type.forSchema(structuredClone(schema))
  expect(type.name).toMatch(/^recstream\./)
  const undocumented: string[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const branch of node) visit(branch)
    else if (typeof node === 'object' && node !== null) {
      const { name, type, doc, fields, items } = node as Record<string, unknown>
      if (type === 'record' && doc === undefined) undocumented.push(String(name))
      for (const field of (fields as { name: string; doc?: string; type: unknown }[] | undefined) ?? []) {
        if (field.doc === undefined) undocumented.push(`${name}.${field.name}`)
        visit(field.type)
      }
      visit(items)
      if (typeof type === 'object') visit(type)
    }
  }
  visit(schema)
  expect(undocumented).toEqual([])
})

test.each(encoded)('%s is used: its header is C3 01 and its fingerprint, and its canonical form is avsc’s', name => {
  const schema = avroSchema(name)
  expect(schema.header.toString('hex')).toMatch(/^c301[0-9a-f]{16}$/)
  expect(JSON.stringify(schema.canonical)).toBe(JSON.stringify(schema.type.schema()))
})

test('no two schemas share a header', () => {
  expect(new Set(encoded.map(name => avroSchema(name).header.toString('hex'))).size).toBe(encoded.length)
})

test('the headers of a dead letter are those that its schema lists', () => {
  const letter = { number: 1, topic: 't', partition: 0, offset: 0, timestamp: 0, reason: 'invalid', message: '' }
  const { headers } = deadLetterRecord({ ...letter, key: null, value: null, headers: {} }, 'movielens')
  const listed = read('dead-letter.avsc').fields.map((field: { header: string }) => field.header)
  expect(Object.keys(headers!).toSorted()).toEqual(listed.toSorted())
})
