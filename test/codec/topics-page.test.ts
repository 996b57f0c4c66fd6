import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encodeEvent } from '../../src/codec/input.ts'
import { decodeRecommendation } from '../../src/codec/output.ts'
import { avroSchema, type SchemaName, schemaFolder } from '../../src/codec/schema.ts'
import { createEventCollector, createItemCollector, createProfileCollector } from '../../src/ingest/collect/collect.ts'
import { readDeadLetter } from '../../src/ingest/collect/dead-letter.ts'
import { record } from '../ingest/collect/record.ts'

const page = readFileSync(join(schemaFolder, '..', 'docs', 'guide', 'topics.md'), 'utf8')
const rows = page.split('\n').filter(line => line.startsWith('| '))
const spaced = (bytes: Buffer) =>
  bytes
    .toString('hex')
    .toUpperCase()
    .replace(/..(?=.)/g, '$& ')
const jsonLines = [...page.matchAll(/```json\n([\s\S]*?)```/g)].flatMap(match => match[1]!.trim().split('\n'))

test.each<SchemaName>(['behaviour-event', 'user-profile', 'item', 'recommendation', 'model-version', 'command'])(
  'the page gives the header of %s as it is',
  name => {
    expect(rows).toContain(`| \`${name}\` | ${spaced(avroSchema(name).header)} |`)
  },
)

test('the bytes of the worked example are those of its event', () => {
  const table = page.split('byte by byte')[1]!.split('Whole numbers')[0]!
  const bytes = [...table.matchAll(/^\| ((?:[0-9A-F]{2} ?)+) \|/gm)].map(match => match[1])
  const event = { ...JSON.parse(jsonLines[0]!), properties: {}, recommendationId: null }
  expect(bytes.join(' ')).toBe(spaced(encodeEvent(event, 'avro')))
  expect(page).toContain(`${encodeEvent(event, 'avro').length} bytes in all`)
})

test('the JSON of the page is read', () => {
  const [event, watch, profile, item, list] = jsonLines
  for (const line of [event!, watch!]) expect(createEventCollector().collect(record(line))).toHaveProperty('value')
  expect(createProfileCollector().collect(record(profile!))).toHaveProperty('value')
  expect(createItemCollector().collect(record(item!, 'film'))).toHaveProperty('value')
  expect(decodeRecommendation(Buffer.from(list!))).toEqual(JSON.parse(list!))
})

test('every field of the schemas stands on the page', () => {
  for (const name of [
    'behaviour-event',
    'user-profile',
    'item',
    'recommendation',
    'model-version',
    'command',
  ] as const) {
    const { fields } = JSON.parse(readFileSync(join(schemaFolder, `${name}.avsc`), 'utf8'))
    for (const field of fields) expect(page, `${name}.${field.name}`).toMatch(new RegExp(`\\b${field.name}\\b`))
  }
})

test('a record with the headers of the page is a dead letter', () => {
  const headers = {
    'recstream-number': '1',
    '__connect.errors.topic': 'shop.items',
    '__connect.errors.partition': '0',
    '__connect.errors.offset': '5',
    '__connect.errors.exception.class.name': 'invalid',
  }
  for (const name of Object.keys(headers)) expect(page).toContain(name.replace(/.*(?=\.(partition|offset)$)/, ''))
  const bytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]))
  expect(readDeadLetter({ ...record('{}'), headers: bytes })).toMatchObject({
    number: 1,
    topic: 'shop.items',
    offset: 5,
  })
})
