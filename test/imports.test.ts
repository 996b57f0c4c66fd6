import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/**
 * Every folder of the program with the folders that it may import; each of these stands above it. The page
 * docs/contribute/architecture.md shows the same table.
 */
const mayImport: Record<string, string> = {
  errors: '',
  failpoint: '',
  'package-root': '',
  state: '',
  settings: '',
  log: 'errors failpoint',
  records: 'settings log',
  shapes: 'errors records',
  rules: 'state settings records',
  nn: 'errors state',
  agents: 'errors package-root state settings records rules nn',
  predictors: 'state records',
  ranking: 'state settings records rules predictors',
  codec: 'errors package-root log records',
  warehouse: 'errors failpoint log records',
  arms: 'errors state settings records agents',
  pipeline: 'errors settings records rules arms',
  sources: 'errors state log records codec',
  ingest: 'errors failpoint state log records shapes codec',
  learner: 'errors failpoint package-root state settings log records nn agents predictors ranking codec rules arms',
  index: 'errors state settings log records shapes arms pipeline sources',
  pipelines: 'index',
  testing: 'errors log records nn codec pipeline sources ingest learner',
  page: '',
  metrics: 'log records',
  serve: 'errors package-root state log records codec metrics',
  run: 'errors package-root settings log records nn codec warehouse arms pipeline sources ingest learner pipelines metrics serve',
  lab: 'errors package-root state settings log records nn agents predictors ranking codec rules pipeline sources ingest learner run',
  cli: 'errors package-root settings log records nn agents codec warehouse arms pipeline sources ingest learner serve run lab',
}

/** Packages that only one place may know. */
const onlyIn: Record<string, readonly string[]> = {
  kafkajs: ['src/log/kafka/'],
  '@duckdb/': ['src/warehouse/'],
  '@uwdata/flechette': ['src/warehouse/sql/'],
  '@tensorflow/': ['src/nn/', 'src/agents/'],
  avsc: ['src/codec/'],
  '@bufbuild/': ['src/codec/'],
  zstddec: ['src/log/kafka/'],
  '@marcbachmann/cel-js': ['src/rules/'],
  fastify: ['src/serve/'],
  typebox: ['src/serve/'],
  'prom-client': ['src/metrics/', 'src/serve/'],
  uplot: ['src/page/'],
  ajv: ['src/serve/'],
}

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const files = ['src', 'pipelines'].flatMap(folder =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => relative(root, join(entry.parentPath, entry.name))),
)

/** What a file imports: packages by name, own files by path from the root. */
function importsOf(file: string, text = readFileSync(join(root, file), 'utf8')): string[] {
  const names = [...text.matchAll(/\bfrom\s+(['"`])(.+?)\1|\b(?:import|require)\b\s*\(?\s*(['"`])(.+?)\3/g)]
  return names
    .map(match => (match[2] ?? match[4])!)
    .map(name => (name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)) : name))
}

/** The folder of the table in which a file lies: `src/log/kafka/fetch.ts` in log, `pipelines/movielens/index.ts` in pipelines. */
function folderOf(file: string): string {
  const [top, second] = file.split('/') as [string, string]
  return top === 'src' ? second.replace(/\.ts$/, '') : top
}

/** Each import of a file that the table does not allow. */
function wrongImports(file: string, text?: string): string[] {
  const folder = folderOf(file)
  const allowed = [folder, ...(mayImport[folder] ?? '').split(' ')]
  return importsOf(file, text)
    .filter(name => /^(src|pipelines|test|bench)\//.test(name) && !allowed.includes(folderOf(name)))
    .map(name => `${file} imports ${name}`)
}

test('every folder imports only what its row of the table names', () => {
  expect(files.flatMap(file => wrongImports(file))).toEqual([])
})

test('a wrong import is found, however it is written', () => {
  const upwards = [
    "import { createLearner } from '../learner/create-learner.ts'",
    "import '../learner/create-learner.ts'",
    "export type { Learner } from '../learner/learner.ts'",
    "const { createLearner } = await import('../learner/create-learner.ts')",
    'const { createLearner } = await import(`../learner/create-learner.ts`)',
    "type Learner = import('../learner/learner.ts').Learner",
    "createRequire(import.meta.url)('x'), require('../learner/create-learner.ts')",
    "export function f() {\n  // somebody's\n  return import('../learner/create-learner.ts')\n}",
    "export type A = B // somebody's\nimport {\n  createLearner,\n} from '../learner/create-learner.ts'",
  ]
  for (const line of upwards) expect(wrongImports('src/state/id-table.ts', line)).toHaveLength(1)
  expect(
    wrongImports('pipelines/movielens/index.ts', "import { findPipeline } from '../../src/run/find-pipeline.ts'"),
  ).toEqual(['pipelines/movielens/index.ts imports src/run/find-pipeline.ts'])
})

test('every folder stands in the table, and names only folders above it, so that there is no circle', () => {
  const folders = Object.keys(mayImport)
  expect([...new Set(files.map(folderOf))].sort()).toEqual([...folders].sort())
  for (const [at, folder] of folders.entries()) {
    const names = mayImport[folder]!.split(' ').filter(Boolean)
    expect(
      names.filter(name => !folders.slice(0, at).includes(name)),
      folder,
    ).toEqual([])
  }
})

test.each(Object.entries(onlyIn))('only its own folder imports %s', (name, places) => {
  const wrong = files.flatMap(file =>
    importsOf(file)
      .filter(each => each.startsWith(name) && !places.some(place => file.startsWith(place)))
      .map(each => `${file} imports ${each}`),
  )
  expect(wrong).toEqual([])
})

test('the architecture page shows this very table', () => {
  const page = readFileSync(join(root, 'docs/contribute/architecture.md'), 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \|[^|]*\|([^|]*)\|$/gm)]
  const shown = Object.fromEntries(rows.map(([, folder, names]) => [folder, names!.replaceAll('`', '').trim()]))
  expect(shown).toEqual(mayImport)
})

test('clocks and chance enter at the edge only', () => {
  const edge = ['src/cli/', 'src/run/', 'src/sources/', 'src/log/', 'src/warehouse/sql/', 'src/warehouse/snapshot']
  const wrong = files.filter(
    file =>
      !edge.some(place => file.startsWith(place)) &&
      /\bDate\.now\(|\bMath\.random\(|new Date\(\)/.test(
        readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''),
      ),
  )
  expect(wrong).toEqual([])
})

test('no files import each other in a circle, types included', () => {
  const edges = new Map(files.map(file => [file, importsOf(file).filter(name => files.includes(name))]))
  const circles: string[] = []
  const done = new Set<string>()
  const walk = (file: string, path: readonly string[]) => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
    if (done.has(file) || path.includes(file)) return
    for (const next of edges.get(file)!) walk(next, [...path, file])
    done.add(file)
  }
  for (const file of files) walk(file, [])
  expect(circles).toEqual([])
})
