import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { resultsFolder, writeBetweenMarks } from '../../../src/lab/experiment/results-page.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-results-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a table lands between its marks, on the page that has them, and nothing else changes', () => {
  writeFileSync(join(folder, 'memory.md'), 'Memory\n\n<!-- million -->\n\nold\n\n<!-- /million -->\n\nafter\n')
  writeFileSync(join(folder, 'speed.md'), 'Speed\n\n<!-- ingest -->\n\nkept\n\n<!-- /ingest -->\n')
  writeBetweenMarks(folder, 'million', '| new |')
  expect(readFileSync(join(folder, 'memory.md'), 'utf8')).toBe(
    'Memory\n\n<!-- million -->\n\n| new |\n\n<!-- /million -->\n\nafter\n',
  )
  expect(readFileSync(join(folder, 'speed.md'), 'utf8')).toContain('kept')
})

test('without a page that has the marks the error says where to put them', () => {
  writeFileSync(join(folder, 'speed.md'), 'Speed, and `<!-- million -->` in words alone\n')
  expect(() => writeBetweenMarks(folder, 'million', '| new |')).toThrow(
    expect.objectContaining({ code: 'FILE_UNUSABLE', message: expect.stringContaining('<!-- /million -->') }),
  )
})

test('every mark of the results is closed, and stands once', () => {
  const marks = readdirSync(resultsFolder())
    .filter(file => file.endsWith('.md'))
    .flatMap(file => [...readFileSync(join(resultsFolder(), file), 'utf8').matchAll(/^<!-- (\/?)([\w:-]+) -->$/gm)])
    .map(([, closes, name]) => ({ closes: closes === '/', name: name! }))
  const opened = marks.filter(({ closes }) => !closes).map(({ name }) => name)
  expect(new Set(opened).size).toBe(opened.length)
  expect(opened.length).toBeGreaterThan(20)
  expect(marks.filter(({ closes }) => closes).map(({ name }) => name)).toEqual(opened)
})
