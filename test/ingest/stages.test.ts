import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openKey } from '../../src/ingest/clean/clean.ts'
import { createEventCollector } from '../../src/ingest/collect/collect.ts'
import { Stages } from '../../src/ingest/stages.ts'
import type { LogRecord } from '../../src/log/log.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import { testPipeline } from '../../src/testing/index.ts'
import { sequencesOf } from '../../src/testing/outputs.ts'

const definition = definePipeline({
  name: 'shop',
  description: 'A shop made for this test.',
  behaviours: ['view'],
  epoch: 1_000,
  value: { min: 0, max: 1, required: false },
  reward: ({ value }) => value ?? 0.5,
  scale: { kind: 'watch', positiveFrom: 0.5 },
  clean: { botLimit: 4, botWindowMs: 1_000, duplicateCapacity: 8 },
})

const record = (offset: number, value: unknown, timestamp: number): LogRecord => ({
  topic: 'shop.behaviour-events',
  partition: 0,
  offset,
  timestamp,
  key: Buffer.from('u'),
  value: Buffer.from(JSON.stringify(value)),
  headers: {},
})
const stages = () =>
  new Stages({
    definition,
    collector: createEventCollector({}),
    position: { sequence: 0, deadLetter: 0, publishedSequence: 0, key: openKey },
    clock: () => 0,
  })
const nothing = { users: { take: () => [] }, items: { take: () => [] } }

describe('the stages', () => {
  test('what surrounds an event stands behind its user features, and an event on which that fails is a dead letter', () => {
    const context = ({ properties }: { properties: Readonly<Record<string, number>> }) => {
      if (properties['tab'] === 9) throw new Error('no such tab')
      return properties['tab'] === undefined ? [] : [`tab=${properties['tab']}`]
    }
    const pipeline = testPipeline({ ...definition, features: { context } })
    pipeline.profile({ userId: 'u1', attributes: { age: '20' } })
    const seen = (userId: string, properties: Record<string, number>) =>
      pipeline.send({ userId, itemId: 'i', behaviour: 'view', properties }).row?.userFeatures
    expect(seen('u1', { tab: 1 })).toEqual(['age=20', '@tab=1'])
    expect(seen('u1', {})).toEqual(['age=20'])
    expect(seen('u2', { tab: 4 })).toEqual(['@tab=4'])
    expect(seen('u1', { tab: 9 })).toBeUndefined()
    expect(pipeline.rejections.map(({ offset, reason, message }) => [offset, reason, message])).toEqual([
      [3, 'definition-failed', 'features.context threw Error: no such tab.'],
    ])
  })

  test('what a function of the definition throws or returns is told by its name, and costs that event alone', () => {
    const rewards: Record<string, unknown> = { a: 0.5, b: Number.NaN, c: undefined, d: 35.5, e: '0.5' }
    const notices: string[] = []
    const run = new Stages({
      definition: {
        ...definition,
        reward: ({ itemId }) => {
          if (itemId === 'f') throw new TypeError('no such\n  item')
          return rewards[itemId] as number
        },
        like: ({ itemId }) => (itemId === 'g' ? (undefined as unknown as boolean) : false),
      },
      collector: createEventCollector({}),
      position: { sequence: 0, deadLetter: 0, publishedSequence: 0, key: openKey },
      clock: () => 0,
      onNotice: message => notices.push(message),
    })
    rewards['g'] = 1
    const given = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((itemId, k) => {
      return record(k, { userId: `u${k}`, itemId, behaviour: 'view', time: 2_000 + k }, 2_000)
    })
    const { events, deadLetters } = run.work(run.collect(given), nothing)
    expect(events.map(row => row.itemId)).toEqual(['a'])
    expect(new Set(deadLetters.map(({ reason }) => reason))).toEqual(new Set(['definition-failed']))
    expect(deadLetters.map(({ message }) => message)).toEqual([
      'reward returned NaN; it must be a number in [0, 1].',
      'reward returned undefined; it must be a number in [0, 1].',
      'reward returned 35.5; it must be a number in [0, 1].',
      'reward returned a text; it must be a number in [0, 1].',
      'reward threw TypeError: no such item.',
      'like returned undefined; it must be true or false.',
    ])
    expect(notices).toEqual([
      expect.stringMatching(/reward returned NaN/),
      expect.stringMatching(/like returned undefined/),
    ])
    expect(run.intake.events).toEqual({ records: 7, passedOver: 0, rejected: { 'definition-failed': 6 } })
  })

  test("an event that is the producer's fault keeps its reason, whatever the definition makes of it", () => {
    const pipeline = testPipeline({ ...definition, reward: () => Number.NaN })
    const event = { userId: 'u', itemId: 'i', behaviour: 'view', time: 2_000 }
    const given = [{ ...event, behaviour: 'stare' }, { ...event, time: 1 }, { ...event, value: 7 }, event]
    expect(pipeline.sendAll(given).map(({ rejection }) => rejection?.reason)).toEqual([
      'unknown-behaviour',
      'impossible-time',
      'value-out-of-range',
      'definition-failed',
    ])
  })

  test('an impossible time says whether its unit, its clock or the epoch is wrong', () => {
    const time = Date.UTC(2024, 0, 1)
    const pipeline = testPipeline({ ...definition, epoch: Date.UTC(2020, 0, 1) }, { startsAt: time })
    const told = [time / 1_000, time * 1_000, time + 3_600_000, Date.UTC(2019, 0, 1)].map(time => {
      const value = { userId: 'u', itemId: 'i', behaviour: 'view', time }
      const sent = pipeline.sendRecord({ key: 'u', value, timestamp: Date.UTC(2024, 0, 1) })
      return sent.rejection?.message
    })
    expect(told).toEqual([
      'The time 1704067200 looks like seconds; send milliseconds since 1970.',
      'The time 1704067200000000 looks like microseconds; send milliseconds since 1970.',
      'The time 2024-01-01T01:00:00.000Z lies 3,600 s after its record was written: the clock of its producer is fast, or of another zone.',
      "The time 2019-01-01T00:00:00.000Z lies before the pipeline's epoch, 2020-01-01T00:00:00.000Z; set epoch earlier if it is right.",
    ])
  })

  test('an event joins the newest profile that was written before it', () => {
    const pipeline = testPipeline(definition)
    for (const time of [2_000, 4_000]) pipeline.profile({ userId: 'u1', attributes: { written: `${time}` }, time })
    const event = { userId: 'u1', itemId: 'i', behaviour: 'view' }
    pipeline.sendAll([1_500, 2_500, 4_500].map(time => ({ ...event, time })))
    expect(pipeline.rows.map(row => [row.userKnown, row.userFeatures])).toEqual([
      [false, []],
      [true, ['written=2000']],
      [true, ['written=4000']],
    ])
  })

  test('what is rejected is numbered in the order of the log, with its original bytes', () => {
    const run = stages()
    const good = { eventId: 'a', userId: 'u1', itemId: 'i', behaviour: 'view', time: 2_000 }
    const records = [
      record(0, good, 2_000),
      { ...record(1, null, 2_000), value: Buffer.from('{broken') },
      record(2, { ...good, behaviour: 'stare', eventId: 'b' }, 2_000),
      record(3, good, 2_000),
    ]
    const { deadLetters, events } = run.work(run.collect(records), nothing)
    expect(events.map(event => event.sequence)).toEqual([1])
    expect(deadLetters.map(letter => [letter.number, letter.offset, letter.reason])).toEqual([
      [1, 1, 'undecodable'],
      [2, 2, 'unknown-behaviour'],
      [3, 3, 'duplicate-id'],
    ])
    expect(deadLetters[0]!.value!.toString()).toBe('{broken')
  })

  test('how the stream is cut into batches changes nothing', () => {
    const event = fc.record({
      eventId: fc.integer({ min: 0, max: 60 }).map(String),
      userId: fc.constantFrom('u1', 'u2', 'u3'),
      itemId: fc.constantFrom('i1', 'i2', 'i3', 'i4'),
      behaviour: fc.constantFrom('view', 'view', 'view', 'stare'),
      time: fc.integer({ min: 500, max: 9_000 }),
    })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), fc.array(fc.integer({ min: 1, max: 9 })), (events, cuts) => {
        const records = events.map((value, k) => record(k, value, 9_000))
        const whole = stages()
        const once = whole.work(whole.collect(records), nothing)
        const parts = stages()
        const rows = []
        const letters = []
        const blocks = []
        for (let from = 0, k = 0; from < records.length; k++) {
          const to = from + (cuts[k] ?? 7)
          const output = parts.work(parts.collect(records.slice(from, to)), nothing)
          rows.push(...output.events)
          letters.push(...output.deadLetters)
          blocks.push(...output.blocks)
          from = to
        }
        expect(rows).toEqual(once.events)
        expect(letters).toEqual(once.deadLetters)
        expect(blocks.flatMap(sequencesOf)).toEqual(once.blocks.flatMap(sequencesOf))
      }),
    )
  })

  test('rows read back after a crash give the sequences that the crash kept from the topic', () => {
    const records = Array.from({ length: 30 }, (_, k) =>
      record(
        k,
        { eventId: `e${k}`, userId: `u${k % 3}`, itemId: `i${k}`, behaviour: 'view', time: 2_000 + k * 700 },
        99_000,
      ),
    )
    const first = stages()
    const { events, blocks } = first.work(first.collect(records), nothing)
    const again = stages()
    again.rewind(
      events.slice(0, 12).map(row => ({ ...row })),
      [],
    )
    expect(
      again
        .rewind(
          events.slice(12).map(row => ({ ...row, count: 0, late: true })),
          [],
        )
        .flatMap(sequencesOf),
    ).toEqual(blocks.flatMap(sequencesOf).slice(12))
  })
})
