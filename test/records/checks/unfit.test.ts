import { expect, test } from 'vitest'
import { checkEvent } from '../../../src/records/checks/event.ts'
import { checkItem } from '../../../src/records/checks/item.ts'
import { checkProfile } from '../../../src/records/checks/profile.ts'

const event = { userId: 'ann', itemId: 'film', behaviour: 'rating', time: 1_700_000_000_000 }

test.each<[checked: unknown, message: string]>([
  [checkEvent({ ...event, userId: 7 }), '"userId" must be a text, not the number 7; write it as "7".'],
  [checkEvent({ ...event, userId: '' }), '"userId" must be a text of 1 to 1,024 characters, not an empty text.'],
  [
    checkEvent({ ...event, userId: 'y'.repeat(1_025) }),
    '"userId" must be a text of 1 to 1,024 characters, not a text of 1,025 characters.',
  ],
  [checkEvent({ ...event, itemId: undefined }), '"itemId" is missing; it must be a text of 1 to 1,024 characters.'],
  [
    checkEvent({ ...event, eventId: true }),
    '"eventId" must be a text of 1 to 1,024 characters or be left out, not true.',
  ],
  [
    checkEvent({ ...event, time: '2024-01-01' }),
    '"time" must be a whole number of milliseconds since 1970, less than 2^52, not a text.',
  ],
  [checkEvent({ ...event, value: Number.NaN }), '"value" must be a finite number or be left out, not the number NaN.'],
  [
    checkEvent({ ...event, properties: { seconds: '12' } }),
    '"properties" must be an object of at most 64 finite numbers, names at most 1,024 characters; one is a text.',
  ],
  [
    checkItem({ itemId: 'film', tags: 'Drama' }),
    '"tags" must be a list of at most 64 texts of 1 to 1,024 characters, not a text.',
  ],
  [
    checkProfile({ userId: 'ann', attributes: ['25-34'] }),
    '"attributes" must be an object of at most 64 texts, names and texts at most 1,024 characters, not a list.',
  ],
  [
    checkProfile({ userId: 'ann', attributes: { age: 25 } }),
    '"attributes" must be an object of at most 64 texts, names and texts at most 1,024 characters; one is the number 25.',
  ],
])('what is refused is named with what stood there: %o', (checked, message) => {
  expect(checked).toMatchObject({ reason: 'invalid', message })
})
