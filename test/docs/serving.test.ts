import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'
import { type Command, killAll } from '../promises/command.ts'
import { startServed } from '../promises/served-shop.ts'
import { blocksOn, fileNameOf } from './markdown.ts'

// The page's pipeline is started as it stands, on a free port, and its requests are sent to that.

const folder = mkdtempSync(join(tmpdir(), 'recstream-serving-'))
const blocks = blocksOn('docs/guide/serving.md')
const fileOf = (name: string) => blocks.find(block => fileNameOf(block) === name)!.text
const has = (command: string) => spawnSync(command, ['--version']).status === 0
let running: Command
let url: string

beforeAll(async () => {
  const door = pathToFileURL(join(packageRoot(), 'dist', 'src', 'index.js')).href
  for (const name of ['shop.mjs', 'client.mjs', 'client.py']) {
    writeFileSync(join(folder, name), fileOf(name).replace("'recstream'", `'${door}'`))
  }
  const shop = join(folder, 'shop.mjs')
  ;({ running, url } = await startServed([shop, '--no-import', '--data', join(folder, 'data')]))
})
afterAll(() => {
  killAll(running)
  rmSync(folder, { recursive: true, force: true })
})

test.skipIf(!has('curl'))('what the page asks with curl is answered', () => {
  const scripts = blocks.filter(({ language, text }) => language === 'sh' && text.startsWith('curl'))
  expect(scripts).toHaveLength(4)
  const answers = scripts.map(({ text }) => {
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['--norc', '-euc', text.replaceAll('http://127.0.0.1:8080', url)],
      {
        encoding: 'utf8',
      },
    )
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    return stdout
  })
  expect(JSON.parse(answers[1]!)).toEqual({ accepted: 2, repeated: 0, refused: [] })
  expect(JSON.parse(answers[2]!)).toMatchObject({ userId: 'ann', items: expect.any(Array) })
  expect(JSON.parse(answers[3]!)).toMatchObject({ answers: [{ columns: [{ name: 'title' }] }, { count: 1 }] })
})

test.each([
  ['Node', process.execPath, 'client.mjs'],
  ['Python', 'python3', 'client.py'],
])('the client in %s sends an event and gets a list', (_, command, file) => {
  if (!has(command)) return
  const env = { ...process.env, RECSTREAM_URL: url }
  const { status, stdout, stderr } = spawnSync(command, [file], { cwd: folder, encoding: 'utf8', env })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(/^shop-\d+\.q\w+$/m)
})
