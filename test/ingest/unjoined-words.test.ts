import { expect, test } from 'vitest'
import { unjoinedWords } from '../../src/ingest/unjoined-words.ts'

const both = { items: true, profiles: true }

test('more than a tenth of events without an item or a profile is told, where there are any', () => {
  expect(unjoinedWords({ events: 100, items: 10, profiles: 10 }, both)).toBeNull()
  expect(unjoinedWords({ events: 0, items: 0, profiles: 0 }, both)).toBeNull()
  expect(unjoinedWords({ events: 100, items: 11, profiles: 100 }, both)).toMatch(
    /^Of 100 events, 11 found no item and 100 found no profile: /,
  )
  expect(unjoinedWords({ events: 100, items: 11, profiles: 100 }, { items: true, profiles: false })).toMatch(
    /^Of 100 events, 11 found no item: /,
  )
  expect(unjoinedWords({ events: 100, items: 100, profiles: 100 }, { items: false, profiles: false })).toBeNull()
})
