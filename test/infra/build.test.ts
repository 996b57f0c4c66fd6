import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'

// A small project beside the real build.mjs: the first build is kept and put back before each test.

const { beginBuild, endBuild, isBuilt } = (await import(join(packageRoot(), 'infra', 'build-stamp.mjs'))) as {
  beginBuild(root: string): string
  endBuild(root: string, sources: string): void
  isBuilt(root: string): boolean
}
const root = mkdtempSync(join(tmpdir(), 'recstream-build-'))
const kept = `${root}-kept`
afterAll(() => {
  for (const folder of [root, kept]) rmSync(folder, { recursive: true, force: true })
})

const sources = {
  'src/cli/main.ts': 'export const said = 1\n',
  'src/index.ts': "export { said } from './cli/main.ts'\n",
  'src/page/main.ts': 'document.title = "shop"\n',
  'src/page/index.html': '<html></html>\n',
  'src/page/page.css': 'body {}\n',
  'pipelines/shop/index.ts': 'export default 1\n',
  'package-lock.json': '{}\n',
  'package.json': JSON.stringify({ type: 'module', exports: { '.': { types: './dist/src/index.d.ts' } } }),
}

beforeAll(() => {
  for (const [name, text] of Object.entries(sources)) write(name, text)
  const copied = ['infra/build.mjs', 'infra/build-stamp.mjs', 'tsconfig.json', 'tsconfig.build.json']
  for (const name of [...copied, 'tsconfig.page.json', 'tsconfig.bench.json']) {
    write(name, readFileSync(join(packageRoot(), name), 'utf8'))
  }
  symlinkSync(join(packageRoot(), 'node_modules'), join(root, 'node_modules'), 'junction')
  build()
  cpSync(root, kept, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
}, 60_000)

beforeEach(() => {
  rmSync(root, { recursive: true, force: true })
  cpSync(kept, root, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
})

function write(name: string, text: string): void {
  const path = join(root, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** The file's time stays what it was. */
function writeAsOld(name: string, text: string): void {
  const { atime, mtime } = statSync(join(root, name))
  write(name, text)
  utimesSync(join(root, name), atime, mtime)
}

function build(...args: string[]): void {
  execFileSync(process.execPath, ['infra/build.mjs', ...args], { cwd: root, stdio: 'pipe' })
}

test('what is built already is left as it is', () => {
  const main = join(root, 'dist/src/cli/main.js')
  const before = statSync(main).mtimeMs
  build()
  expect(statSync(main).mtimeMs).toBe(before)
})

test('a source that changed is built, by a build that counts afterwards', () => {
  write('src/cli/main.ts', 'export const said = 2\n')
  build()
  expect(readFileSync(join(root, 'dist/src/cli/main.js'), 'utf8')).toContain('said = 2')
  expect(isBuilt(root)).toBe(true)
})

test.each<[string, () => void]>([
  ['a source was changed, of the same length and time', () => writeAsOld('src/cli/main.ts', 'export const said = 2\n')],
  ['a source was added', () => write('src/more.ts', 'export const more = 1\n')],
  ['a source was removed', () => rmSync(join(root, 'pipelines/shop/index.ts'))],
  ['what is copied for the page was changed', () => write('src/page/page.css', 'body { margin: 0 }\n')],
  ['the compiler is told otherwise', () => write('tsconfig.build.json', '{}\n')],
  ['packages were updated', () => write('package-lock.json', '{ }\n')],
  ['the build does otherwise', () => write('infra/build.mjs', '\n')],
  ['a built file is gone', () => rmSync(join(root, 'dist/src/index.js'))],
  ['a built file was cut', () => write('dist/src/index.js', '')],
  ['the build has a file that no source made', () => write('dist/src/old.js', '')],
  ['the last build did not end', () => rmSync(join(root, 'dist/build-stamp'))],
  ['nothing is built', () => rmSync(join(root, 'dist'), { recursive: true })],
])('it is no build of what is here when %s', (_, change) => {
  expect(isBuilt(root)).toBe(true)
  change()
  expect(isBuilt(root)).toBe(false)
})

test('a source that changes while it is built is built the next time', () => {
  const begun = beginBuild(root)
  write('src/cli/main.ts', 'export const said = 2\n')
  endBuild(root, begun)
  expect(isBuilt(root)).toBe(false)
})

test('a build that failed does not count, nor one with benchmarks', () => {
  write('src/cli/main.ts', 'export const said: string = 1\n')
  expect(() => build()).toThrow()
  expect(isBuilt(root)).toBe(false)
  write('src/cli/main.ts', sources['src/cli/main.ts'])
  build('--bench')
  expect(isBuilt(root)).toBe(false)
})
