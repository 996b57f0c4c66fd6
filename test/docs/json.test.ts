import { expect, test } from 'vitest'
import { decodeCommand, decodeRecommendation } from '../../src/codec/output.ts'
import { createEventCollector, createItemCollector, createProfileCollector } from '../../src/ingest/collect/collect.ts'
import { record } from '../ingest/collect/record.ts'
import { blocksOf } from './markdown.ts'

const inHeredocs = blocksOf('sh').flatMap(({ page, text }) =>
  [...text.matchAll(/^\{.*\}$/gm)].map(([line]) => [page, line] as const),
)
const inBlocks = blocksOf('json').flatMap(({ page, text }) =>
  text
    .trim()
    .split('\n')
    .map(line => [page, line] as const),
)

test.each([...inBlocks, ...inHeredocs])('%s: %s is taken as what it is', (_, line) => {
  const value = JSON.parse(line)
  if ('error' in value) return
  if ('items' in value) expect(decodeRecommendation(Buffer.from(line))).toEqual(value)
  else if ('commandId' in value) expect(decodeCommand(Buffer.from(line))).toMatchObject(value)
  else if ('behaviour' in value) expect(createEventCollector().collect(record(line))).toHaveProperty('value')
  else if ('itemId' in value) expect(createItemCollector().collect(record(line, value.itemId))).toHaveProperty('value')
  else expect(createProfileCollector().collect(record(line, value.userId))).toHaveProperty('value')
})
