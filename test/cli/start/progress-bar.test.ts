import { expect, test } from 'vitest'
import { standingOfRun } from '../../../src/cli/start/progress-bar.ts'

test('how far a run has come is told with its nouns in number, and with a score once there is one', () => {
  expect(standingOfRun({ done: 0, total: 1, lists: 0, standing: '' })).toBe('0 of 1 event · 0 lists')
  expect(standingOfRun({ done: 1_961, total: 74_204, lists: 1, standing: 'AUC 0.562 (popularity)' })).toBe(
    '1,961 of 74,204 events · 1 list · AUC 0.562 (popularity)',
  )
})
