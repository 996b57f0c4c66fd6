import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import picocolors from 'picocolors'
import { afterEach, expect, test, vi } from 'vitest'
import { colours } from '../../../src/cli/print/colours.ts'
import { table } from '../../../src/cli/print/table.ts'
import { say, sayAbove, sayLines, writeLines } from '../../../src/cli/print/write-lines.ts'
import { packageRoot } from '../../../src/package-root.ts'

const supported = picocolors.isColorSupported
afterEach(() => {
  vi.restoreAllMocks()
  picocolors.isColorSupported = supported
})

/** What is written while `stdout` is a terminal or is none. */
async function written(terminal: boolean, work: () => unknown): Promise<string> {
  let text = ''
  const keep = (part: unknown) => {
    text += String(part)
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(keep)
  vi.spyOn(process.stderr, 'write').mockImplementation(keep)
  const before = process.stdout.isTTY
  process.stdout.isTTY = terminal
  try {
    await work()
  } finally {
    process.stdout.isTTY = before
  }
  return text
}

const title = 'x\u001B[31m\u202Ey'

test('nothing that a title says is obeyed, and our own colours are', async () => {
  const { bold } = colours()
  for (const terminal of [true, false]) {
    const text = await written(terminal, () => writeLines([`${bold('list')}: ${title}`]))
    expect(text).toBe('list: x�[31m�y\n')
  }
})

test('a title that looks like a colour of ours is none', async () => {
  picocolors.isColorSupported = true
  const text = await written(true, () => writeLines([`${colours().bold('list')}: \u001B[1;1;1;1m${title}`]))
  expect(text).toBe('\u001B[1mlist\u001B[22m: �[1;1;1;1mx�[31m�y\n')
})

test('a cell of a table is one line, and a sentence is', async () => {
  const drawn = await written(false, () => writeLines([table(['item'], [[`Star\n${title}`]])]))
  expect(drawn).toBe('item\nStar x�[31m�y\n')
  expect(await written(false, () => say(`Star\n${title}`))).toBe('Star x�[31m�y\n')
  expect(await written(false, () => sayAbove(`Star\n${title}`, true))).toBe('\r\u001B[KStar x�[31m�y\n')
  expect(await written(false, () => sayLines(`Star\n${title}`))).toBe('Star\nx�[31m�y\n')
})

test('nothing else in the command line writes to a terminal', () => {
  const folder = join(packageRoot(), 'src')
  const writers = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .filter(path => /process\.std(out|err)\.write\((?!'')/.test(readFileSync(join(folder, path), 'utf8')))
  // Where too few files may be opened, nothing more is loaded: a sentence without anything from outside.
  // What a process of the pipeline says is its own: a module may write what it likes.
  const own = join('run', 'managed-process.ts')
  expect(writers.sort()).toEqual([join('cli', 'main.ts'), join('cli', 'print', 'write-lines.ts'), own])
})
