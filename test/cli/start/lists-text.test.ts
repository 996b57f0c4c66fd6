import { expect, test } from 'vitest'
import { listsText } from '../../../src/cli/start/lists-text.ts'

test('where nobody has done enough for a list to be shown, it is said how to see those that there are', () => {
  expect(listsText([])).toMatch(/no user with five events or more has one\. `npx recstream tail recommendations`/)
})
