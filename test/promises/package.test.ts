import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from './command.ts'

/** A folder of somebody who has installed what `npm pack` makes. */
let folder: string
let packed: { filename: string; size: number; files: { path: string }[] }
let paths: string[]

const run = (command: string, args: string[]) =>
  execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const node = (args: string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
const lastLine = (text: string) => JSON.parse(text.trim().split('\n').at(-1)!)
const installed = (path: string) => join(folder, 'node_modules', 'recstream', path)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-package-'))
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  packed = JSON.parse(execFileSync('npm', pack, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }))[0]
  paths = packed.files.map(({ path }) => path)
  writeFileSync(join(folder, 'package.json'), '{ "name": "shop", "private": true, "type": "module" }')
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, packed.filename)])
}, 240_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('what is packed is below 2.5 MB and 1,500 files', () => {
  expect(packed.size).toBeLessThan(2_500_000)
  expect(packed.files.length).toBeLessThan(1_500)
})

test('what people need is packed; tests, benchmarks, results and plots are not', () => {
  for (const needed of [
    ...['LICENSE', 'NOTICE', 'README.md', 'CHANGELOG.md', 'infra/kafka/pom.xml'],
    ...['pipelines/kuairand/data/LICENSE', 'schemas/behaviour-event.avsc', 'dist/src/run/child.js'],
  ]) {
    expect(paths).toContain(needed)
  }
  const unwanted =
    /^(test|bench|dist\/(bench|test)|docs\/(results|contribute))\/|\.test\.|\.svg$|ml-(100k|1m)\/|u\.data|ratings\.dat/
  expect(paths.filter(path => unwanted.test(path))).toEqual([])
})

test('every declaration leads to a source that is packed too', () => {
  const maps = paths.filter(path => path.endsWith('.d.ts.map'))
  expect(maps).toContain('dist/src/index.d.ts.map')
  const sources = maps.map(path => {
    const [source] = JSON.parse(readFileSync(installed(path), 'utf8')).sources as [string]
    return relative(folder, join(folder, dirname(path), source))
  })
  expect(sources.filter(source => !paths.includes(source))).toEqual([])
})

test('a stack trace of it names the line of the TypeScript file', () => {
  writeFileSync(
    join(folder, 'wrong.mjs'),
    "import { seededRandom, withSettings } from 'recstream'\nwithSettings(null)\n",
  )
  const { stderr } = node(['--enable-source-maps', 'wrong.mjs'])
  const [, file, line] = /recstream\/(src\/[\w/-]+\.ts):(\d+)/.exec(stderr)!
  expect(file).toBe('src/settings/renamed.ts')
  const lines = readFileSync(join(root, file!), 'utf8').split('\n')
  const within = lines.slice(0, Number(line)).findLastIndex(text => text.startsWith('export function'))
  expect(lines[within]).toContain('function presentWords')
})

test('it runs and answers, without a compiler and without plots', { timeout: 120_000 }, () => {
  const events = ['--source', 'events=2000,users=100,items=50']
  const start = ['recstream', 'start', 'generated', ...events, '--until-idle', '--json']
  expect(lastLine(run('npx', start))).toMatchObject({ pipeline: 'generated', eventsIn: 2_000, eventsKept: 2_000 })
  const rows = run('npx', ['recstream', 'sql', 'select count(*) as events from events', '--json'])
  expect(JSON.parse(rows)).toEqual([{ events: 2_000 }])
})

test('without vega an experiment gives its tables and says how to get plots', { timeout: 120_000 }, () => {
  expect(existsSync(join(folder, 'node_modules', 'vega'))).toBe(false)
  const experiment = ['experiment', 'prequential', '--pipeline', 'generated', '--policies', 'mean', '--seeds', '1']
  const events = ['--source', 'events=2000,users=100,items=50', '--output', 'results', '--json']
  const { status, stdout, stderr } = node([installed('dist/src/cli/main.js'), ...experiment, ...events])
  expect(status).toBe(0)
  expect(stderr).toContain(
    'note[TOOL_MISSING]: There are no plots, since vega is not installed; run `npm install vega@6`',
  )
  expect(lastLine(stdout)).toMatchObject({ experiment: 'prequential', scores: { mean: expect.any(Object) } })
  expect(readdirSync(join(folder, 'results')).sort()).toEqual(['summary.json', 'table.md', 'trials'])
})

test.each([
  ['Node', ['--module', 'nodenext']],
  ['a bundler', ['--module', 'esnext', '--moduleResolution', 'bundler']],
])('its types are found as %s looks for them', (_, resolution) => {
  writeFileSync(
    join(folder, 'shop.ts'),
    `import { definePipeline, type PipelineDefinition } from 'recstream'
import kuairand from 'recstream/pipelines/kuairand'
import { testPipeline } from 'recstream/testing'
export const shop: PipelineDefinition = definePipeline({
  name: 'shop',
  behaviours: ['view'],
  scale: { kind: 'watch', positiveFrom: 0.5 },
  reward: event => event.value ?? 0,
})
export const name: string = kuairand.name
export const reward: number | undefined = testPipeline(shop).rows[0]?.reward
// @ts-expect-error: a scale must say what it is
definePipeline({ name: 'shop', behaviours: ['view'], scale: {}, reward: () => 0 })
// @ts-expect-error: what is not exported is not found
import 'recstream/dist/src/index.js'
`,
  )
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')]
  run(process.execPath, [compiler, '--noEmit', '--strict', '--target', 'es2023', ...resolution, ...types, 'shop.ts'])
})
