import { expect, test } from 'vitest'
import { allRejected } from '../../src/ingest/all-rejected.ts'

test('a run that kept an event, or to which mostly repeats came, has no error', () => {
  expect(allRejected({ kept: 1, rejected: { invalid: 49 } }, 'look')).toBeNull()
  expect(allRejected({ kept: 0, rejected: {} }, 'look')).toBeNull()
  expect(allRejected({ kept: 0, rejected: { 'duplicate-id': 40, 'exact-repeat': 10 } }, 'look')).toBeNull()
  expect(allRejected({ kept: 0, rejected: { 'duplicate-id': 1_679, undecodable: 2 } }, 'look')).toBeNull()
})

test('that nothing was kept is told with the reasons, and the definition is blamed where it is its fault', () => {
  expect(allRejected({ kept: 0, rejected: { invalid: 2, 'impossible-time': 1_300 } }, 'look there')).toEqual({
    code: 'ALL_REJECTED',
    message: 'None of the 1,302 events that came in was kept: 1,300 impossible-time, 2 invalid; look there.',
  })
  expect(allRejected({ kept: 0, rejected: { invalid: 1 } }, 'look there')).toMatchObject({
    message: 'The one event that came in was not kept: 1 invalid; look there.',
  })
  expect(allRejected({ kept: 0, rejected: { invalid: 2, 'definition-failed': 48 } }, 'look there')).toMatchObject({
    code: 'DEFINITION_FAILED',
  })
  expect(allRejected({ kept: 0, rejected: { 'duplicate-id': 1, 'definition-failed': 48 } }, 'look')).not.toBeNull()
})
