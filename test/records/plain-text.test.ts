import { expect, test } from 'vitest'
import { plainJson, plainLine, plainText } from '../../src/records/plain-text.ts'

/** Clears the screen, sets a title, colours, goes back over the line, turns the direction round. */
const hostile = 'a\u001B[2Jb\u001B]0;c\u0007\u009B31md\re\u202Ef\u2067g\u007F\u0000'
const isObeyed = (code: number) =>
  (code < 32 && ![9, 10, 13].includes(code)) ||
  (code >= 127 && code < 160) ||
  (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2066 && code <= 0x2069)

test('what a terminal would obey is shown as a replacement', () => {
  expect(plainText(hostile)).toBe('a�[2Jb�]0;c��31md�e�f�g��')
})

test('text of every script, tabs and ends of lines stay', () => {
  const text = 'Amélie\tשָׁלוֹם\u200F\n日本語\r\n👩‍🚀'
  expect(plainText(text)).toBe(text)
})

test('a title of several lines is one line', () => {
  expect(plainLine('Star\nerror[INTERNAL]: forged\r\n\u2028end')).toBe('Star error[INTERNAL]: forged end')
})

test('JSON says what it said, whatever is in it, and holds nothing that is obeyed', () => {
  for (let code = 0; code < 0x3000; code++) {
    const text = `${String.fromCharCode(code)}.`
    const shown = plainJson(JSON.stringify({ [text]: text }))
    if (shown.includes(text)) expect([code, isObeyed(code)]).toEqual([code, false])
    if (JSON.parse(shown)[text] !== text) expect(shown).toBe(text)
    if (plainText(text).startsWith('\uFFFD')) expect([code, isObeyed(code) || code === 13]).toEqual([code, true])
    else expect([code, isObeyed(code)]).toEqual([code, false])
  }
})
