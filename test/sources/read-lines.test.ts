import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { findFile, readLines } from '../../src/sources/read-lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-lines-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function linesOf(name: string, content: string | Buffer, encoding?: 'latin1'): Promise<string[]> {
  const path = join(folder, name)
  writeFileSync(path, content)
  const lines: string[] = []
  for await (const block of readLines(path, encoding)) lines.push(...block)
  return lines
}

test.each([
  ['', []],
  ['a', ['a']],
  ['a\nb\n', ['a', 'b']],
  ['a\r\nb\n\r\nc\r\n', ['a', 'b', '', 'c']],
  ['a\r\nb\r', ['a', 'b']],
])('the lines of %j', async (content, lines) => {
  expect(await linesOf('plain', content)).toEqual(lines)
})

test('lines and letters that lie across two reads stay whole, packed or not', async () => {
  const lines = Array.from({ length: 60_000 }, (_, i) => `${['', 'é', 'é€', 'é€😀'][i % 4]}${i}`)
  for (const end of ['\n', '\r\n']) {
    const text = lines.join(end)
    expect(await linesOf('long', text)).toEqual(lines)
    expect(await linesOf('long.gz', gzipSync(text))).toEqual(lines)
    expect(await linesOf('long.br', brotliCompressSync(text))).toEqual(lines)
  }
})

test('reads latin1', async () => {
  expect(await linesOf('latin1', Buffer.from([0xc9, 0x74, 0xe9, 0x0a]), 'latin1')).toEqual(['Été'])
})

test.each([
  ['bad.gz', 'not packed at all', Buffer.from('a\n')],
  ['bad.gz', 'cut off', gzipSync('a\n'.repeat(9_999)).subarray(0, 30)],
  ['bad.br', 'cut off', brotliCompressSync('a\n'.repeat(9_999)).subarray(0, 10)],
])('%s that is %s is SOURCE_INVALID', async (name, _, content) => {
  await expect(linesOf(name, content)).rejects.toMatchObject({ code: 'SOURCE_INVALID' })
})

test('a file that vanished is SOURCE_INVALID and hangs nobody', async () => {
  for (const name of ['gone', 'gone.gz', 'gone.br']) {
    await expect(readLines(join(folder, name)).next()).rejects.toMatchObject({ code: 'SOURCE_INVALID' })
  }
})

test('finds the first of some names, packed too', () => {
  writeFileSync(join(folder, 'b.gz'), '')
  expect(findFile(folder, ['a', 'b'])).toBe(join(folder, 'b.gz'))
  writeFileSync(join(folder, 'c.br'), '')
  expect(findFile(folder, ['a', 'c'])).toBe(join(folder, 'c.br'))
  expect(findFile(folder, ['a'])).toBeUndefined()
})
