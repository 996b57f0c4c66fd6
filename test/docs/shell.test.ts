import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'
import { blocksOf, blocksOn, fileNameOf, pages } from './markdown.ts'

// The blocks of a page are run one after the other, as by a reader in an empty folder of their own: files are written, commands given.
// A block of `text` that follows is what they print.

/** What is not run, by page ('' is any), and why. Its options are held by commands.test.ts all the same. */
const notRun: readonly [page: string, line: RegExp, reason: string][] = [
  ['', /^npm (ci|run build|start)/, 'builds and runs the checkout; `npm test` is called from such a one'],
  ['', /^npx vitest /, 'a test that runs tests'],
  [
    '',
    /^npm install .*recstream/,
    'the folder has the package already; test/promises/package.test.ts installs the tarball',
  ],
  ['', /^npm run kafka/, 'starts a broker and stays; test/log/kafka tests run on one'],
  ['', /--brokers /, 'needs a broker; test/promises run pipelines on one'],
  [
    'docs/start/ten-minutes.md',
    /^npx recstream /,
    'asks what `npm start` leaves, 40 seconds of work; test/cli runs each command',
  ],
  ['docs/guide/lists.md', /^npx recstream /, 'the same'],
  ['docs/guide/sql.md', /\bnpx recstream /, 'asks a pipeline that has run; test/cli runs each command'],
  ['docs/guide/snapshot.md', /^npx recstream /, 'the same'],
  ['docs/guide/serving.md', /./, 'asks a pipeline that runs; test/docs/serving.test.ts starts one'],
  ['', /^npx recstream start kuairand$/, 'runs until Ctrl-C'],
  ['', /^npx recstream (experiment|simulate|tune) /, 'takes minutes to hours; test/cli runs small ones'],
]

const root = packageRoot()
const home = mkdtempSync(join(tmpdir(), 'recstream-readers-'))
const bin = join(home, 'bin')

beforeAll(() => {
  mkdirSync(bin)
  // A folder of a reader has the package in node_modules; `npx recstream` is the command that lies there.
  writeFileSync(
    join(bin, 'npx'),
    `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(root, 'dist/src/cli/main.js')}" "$@"\n`,
  )
  chmodSync(join(bin, 'npx'), 0o755)
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

const isRun = (page: string, line: string) =>
  !notRun.some(([where, pattern]) => (where === '' || where === page) && pattern.test(line))

/** The lines of a block that are run; null where only comments are left. */
function scriptOf(page: string, text: string): string | null {
  const lines = text.split('\n').filter(line => isRun(page, line))
  return lines.some(line => line.trim() !== '' && !line.startsWith('#')) ? lines.join('\n') : null
}

// The pages of examples are followed by test/examples.test.ts, where the packed package is installed beside them.
const withCommands = pages
  .filter(page => !page.startsWith('examples/'))
  .filter(page => blocksOn(page).some(({ language, text }) => language === 'sh' && scriptOf(page, text) !== null))

test.each(withCommands)('%s: a reader who follows it gets through', { timeout: 180_000 }, page => {
  const folder = mkdtempSync(join(home, 'page-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules', 'recstream'))
  const blocks = blocksOn(page)
  for (const [index, block] of blocks.entries()) {
    const name = fileNameOf(block)
    if (name !== null) writeFileSync(join(folder, name), block.text)
    const script = block.language === 'sh' ? scriptOf(page, block.text) : null
    if (script === null) continue
    const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}`, NO_COLOR: '1', NODE_OPTIONS: '' },
    })
    expect({ line: block.line, status, said: status === 0 ? '' : stdout + stderr }).toEqual({
      line: block.line,
      status: 0,
      said: '',
    })
    const next = blocks[index + 1]
    if (next?.language === 'text' && next.follows) expect(stdout.replaceAll('\r\n', '\n').trim()).toBe(next.text.trim())
  }
})

test('what is not run is there', () => {
  const lines = blocksOf('sh').flatMap(({ page, text }) => text.split('\n').map(line => [page, line] as const))
  const idle = notRun.filter(
    ([where, pattern]) => !lines.some(([page, line]) => (where === '' || where === page) && pattern.test(line)),
  )
  expect(idle).toEqual([])
})
