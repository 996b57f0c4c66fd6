import { expect, test } from 'vitest'
import { shownBytes } from '../../../src/cli/print/shown-bytes.ts'

test('text is shown as text, anything else as hex', () => {
  expect(shownBytes(Buffer.from('{"title":"Die fabelhafte Welt der Amélie"}'))).toBe(
    '{"title":"Die fabelhafte Welt der Amélie"}',
  )
  expect(shownBytes(Buffer.from([0xff, 0x01]))).toBe('0xff01')
  expect(shownBytes(null)).toBeNull()
})

test('what would act on the terminal is shown as hex', () => {
  expect(shownBytes(Buffer.from('\u001B[2J'))).toBe('0x1b5b324a')
})
