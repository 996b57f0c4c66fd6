import { expect, test } from 'vitest'
import { DefinitionFailure } from '../../src/ingest/definition-calls.ts'
import { Intake } from '../../src/ingest/intake.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'

const defaults = definePipeline({
  name: 'shop',
  behaviours: ['view'],
  reward: () => 1,
  scale: { kind: 'watch', positiveFrom: 0.5 },
})

function intakeOf() {
  const notices: string[] = []
  return { notices, intake: new Intake(message => notices.push(message), { clean: defaults.clean }) }
}

test('that more than a tenth is rejected is said at 100 records, 1,000 and so on, with the top reasons', () => {
  const { notices, intake } = intakeOf()
  for (let k = 0; k < 10_000; k++) {
    if (k % 4 === 0) intake.rejected('events', k % 8 === 0 ? 'duplicate-id' : 'invalid')
    else intake.kept('events')
  }
  expect(notices).toEqual([
    'Of 100 events that came in, 25 were rejected: 13 duplicate-id, 12 invalid.',
    'Of 1,000 events that came in, 250 were rejected: 125 duplicate-id, 125 invalid.',
    'Of 10,000 events that came in, 2,500 were rejected: 1,250 duplicate-id, 1,250 invalid.',
  ])
})

test('a tenth is not said, nor is the same share once more when the input pauses', () => {
  const { notices, intake } = intakeOf()
  for (let k = 0; k < 100; k++) k < 10 ? intake.rejected('items', 'invalid') : intake.kept('items')
  intake.pause()
  expect(notices).toEqual([])
  for (let k = 0; k < 100; k++) intake.rejected('events', 'invalid')
  intake.pause()
  expect(notices).toHaveLength(1)
})

test('what is too little for a look is looked at when the input pauses', () => {
  const { notices, intake } = intakeOf()
  for (let k = 0; k < 50; k++) intake.rejected('profiles', 'invalid')
  expect(notices).toEqual([])
  intake.pause()
  expect(notices).toEqual([expect.stringMatching(/^Of 50 profiles that came in, 50 were rejected: 50 invalid/)])
})

test('one record is told of as one', () => {
  const { notices, intake } = intakeOf()
  intake.rejected('events', 'unknown-behaviour')
  intake.pause()
  expect(notices).toEqual(['Of 1 event that came in, 1 was rejected: 1 unknown-behaviour.'])
})

test('a function of the definition is told of once, at its first failure', () => {
  const { notices, intake } = intakeOf()
  for (let k = 0; k < 9; k++) {
    intake.rejected('events', 'definition-failed', new DefinitionFailure('reward', `returned ${k + 2}`))
    intake.rejected('items', 'definition-failed', new DefinitionFailure('features.item', 'threw Error: no'))
  }
  expect(notices).toEqual([
    expect.stringContaining('reward returned 2.'),
    expect.stringContaining('features.item threw Error: no.'),
  ])
  expect(intake.events).toEqual({ records: 9, passedOver: 0, rejected: { 'definition-failed': 9 } })
})

test('what is passed over is no part of what is looked at; that all of it is, is said', () => {
  const { notices, intake } = intakeOf()
  for (let k = 0; k < 100; k++) k < 95 ? intake.passedOver('events') : intake.rejected('events', 'invalid')
  for (let k = 0; k < 3; k++) intake.passedOver('items')
  intake.pause()
  expect(notices).toEqual([
    'Of 5 events that came in, 5 were rejected: 5 invalid.',
    'decode.item passed over all of 3 records that came in: it returned null for each.',
  ])
  expect(intake.events).toEqual({ records: 100, passedOver: 95, rejected: { invalid: 5 } })
})

test('that most times are dates alone is said once, with the setting that helps', () => {
  const { notices, intake } = intakeOf()
  for (let k = 0; k < 1_000; k++) {
    intake.time(Date.UTC(2024, 0, 1 + (k % 30)) + (k % 4 === 0 ? 1 : 0))
    intake.kept('events')
  }
  expect(notices).toEqual([
    "Of 100 events, 75 have a date and no time of day (midnight). The limit for bots does not count these; so that each of a day's events may bring a list, set recommend.everyMs=0.",
  ])
})

test('times that are as coarse as minutes are told where they look like bots', () => {
  const { notices, intake } = intakeOf()
  for (let k = 0; k < 100; k++) intake.rejected('events', 'bot-rate', null, { time: 60_000 * (k + 1) })
  expect(notices).toEqual([
    'Of 100 events that came in, 100 were rejected: 100 bot-rate. The times of those of bot-rate are whole minutes: if people did it, raise clean.botLimit (120 in 60 s).',
  ])
})

test('where most are rejected for their time, the first is told in words', () => {
  const { notices, intake } = intakeOf()
  const message = 'The time 1704067200 looks like seconds; send milliseconds since 1970.'
  for (let k = 0; k < 60; k++) intake.rejected('events', 'impossible-time', null, { message, time: 1_704_067_200 })
  intake.pause()
  expect(notices).toEqual([`Of 60 events that came in, 60 were rejected: 60 impossible-time. The first: ${message}`])
})
