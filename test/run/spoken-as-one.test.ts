import { expect, test } from 'vitest'
import type { FromProcess } from '../../src/run/messages.ts'
import { spokenAsOne } from '../../src/run/spoken-as-one.ts'

const ingested = (eventsRead: number, sequence: number): FromProcess => ({
  ...{ type: 'ingested', eventsRead, sequence, publishedSequence: sequence },
  stageTimes: { read: 1 },
})
const drained = (sequence: number, rejected: Record<string, number>): FromProcess => ({
  ...{ type: 'drained', role: 'ingest', sequence, passedOver: 1, rejected },
})

function speaking() {
  const heard: FromProcess[] = []
  return { heard, say: spokenAsOne(2, message => heard.push(message)) }
}

test('is ready when all are', () => {
  const { heard, say } = speaking()
  say(0, { type: 'ready', detail: 'kafka' })
  expect(heard).toEqual([])
  say(1, { type: 'ready', detail: 'kafka' })
  expect(heard).toEqual([{ type: 'ready', detail: 'kafka' }])
})

test('says nothing of progress before all have begun, and then what they came to in all', () => {
  const { heard, say } = speaking()
  say(0, ingested(10, 9))
  say(1, ingested(20, 15))
  say(0, ingested(12, 11))
  expect(heard).toEqual([
    { type: 'ingested', eventsRead: 30, sequence: 24, publishedSequence: 24, stageTimes: { read: 2 } },
    { type: 'ingested', eventsRead: 32, sequence: 26, publishedSequence: 26, stageTimes: { read: 2 } },
  ])
})

test('goes on with what was read where one is started again', () => {
  const { heard, say } = speaking()
  say(0, ingested(10, 9))
  say(1, ingested(20, 15))
  say(1, ingested(0, 15))
  say(1, ingested(3, 18))
  expect(heard.map(message => message.type === 'ingested' && message.eventsRead)).toEqual([30, 30, 33])
})

test('has drained when all have, each time it is asked', () => {
  const { heard, say } = speaking()
  say(0, drained(9, { invalid: 1 }))
  say(1, drained(15, { invalid: 2, late: 1 }))
  expect(heard).toEqual([
    { type: 'drained', role: 'ingest', sequence: 24, passedOver: 2, rejected: { invalid: 3, late: 1 } },
  ])
  say(0, drained(10, {}))
  expect(heard).toHaveLength(1)
})

test('waits as long as one does', () => {
  const { heard, say } = speaking()
  say(0, { type: 'waiting', reason: 'no broker' })
  say(1, { type: 'waiting', reason: 'no broker' })
  say(0, { type: 'waiting', reason: null })
  expect(heard.at(-1)).toEqual({ type: 'waiting', reason: 'no broker' })
  say(1, { type: 'waiting', reason: null })
  expect(heard.at(-1)).toEqual({ type: 'waiting', reason: null })
})

test('passes on what is one’s own', () => {
  const { heard, say } = speaking()
  say(1, { type: 'notice', message: 'much is rejected' })
  expect(heard).toEqual([{ type: 'notice', message: 'much is rejected' }])
})
