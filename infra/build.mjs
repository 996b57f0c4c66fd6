// Compiles src and pipelines into dist; used by `npm run build`, `npm ci` and `npm pack`. With --bench the benchmarks too,
// with --faults the battery of faults. What is built already of the same sources is left as it is.
import { spawn } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beginBuild, endBuild, isBuilt } from './build-stamp.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')
const besides = ['bench', 'faults'].find(name => process.argv.includes(`--${name}`))
const config = join(root, `tsconfig.${besides ?? 'build'}.json`)
// An installed package has neither the compiler nor all of the sources, and needs neither.
if (existsSync(config) && (besides !== undefined || !isBuilt(root))) {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
  // What was compiled from a file that is gone must not be packed.
  const sources = beginBuild(root)
  rmSync(dist, { recursive: true, force: true })
  await Promise.all([compile(compiler, config), buildPage(compiler)])
  await mapLines()
  keepPublicTypes()
  dropEmptyModules()
  chmodSync(join(dist, 'src', 'cli', 'main.js'), 0o755)
  // What is compiled for us alone is no build to start from.
  if (besides === undefined) endBuild(root, sources)
}

async function compile(compiler, config) {
  const child = spawn(process.execPath, [compiler, '-p', config], { stdio: 'inherit', cwd: root })
  const status = await new Promise(resolve => child.on('close', resolve))
  if (status !== 0) process.exit(status ?? 1)
}

/** What runs in a browser has types of its own, and neither maps nor declarations. */
async function buildPage(compiler) {
  await compile(compiler, join(root, 'tsconfig.page.json'))
  for (const name of ['index.html', 'page.css']) {
    copyFileSync(join(root, 'src', 'page', name), join(dist, 'src', 'page', name))
  }
}

/** Files for Node: those of the page are as they should be. */
function files(ending) {
  return readdirSync(dist, { recursive: true })
    .filter(name => name.endsWith(ending) && !name.startsWith(join('src', 'page')))
    .map(name => join(dist, name))
}

/** Writes each source map into its module, with lines only: a stack trace needs no more, and columns are three quarters of a map. */
async function mapLines() {
  const { decode, encode } = await import('@jridgewell/sourcemap-codec')
  for (const file of files('.js')) {
    const { version, sources, mappings } = JSON.parse(readFileSync(`${file}.map`, 'utf8'))
    const lines = decode(mappings).map(segments =>
      segments
        .filter(([, , line], at) => at === 0 || line !== segments[at - 1][2])
        .map(([column, source, line, from], at) => [at === 0 ? 0 : column, source, line, from]),
    )
    const map = JSON.stringify({ version, sources, names: [], mappings: encode(lines) })
    const data = `data:application/json;base64,${Buffer.from(map).toString('base64')}`
    const text = readFileSync(file, 'utf8').replace(/\/\/# sourceMappingURL=.*\s*$/, '')
    writeFileSync(file, `${text}//# sourceMappingURL=${data}\n`)
    rmSync(`${file}.map`)
  }
}

/** Of the declarations only those stay that an entry of the package reaches. */
function keepPublicTypes() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const reached = new Set()
  const reach = file => {
    if (reached.has(file)) return
    reached.add(file)
    const names = readFileSync(file, 'utf8').matchAll(/(?:\bfrom |\bimport\(|^import )['"](\.[^'"]+)['"]/gm)
    for (const [, name] of names) reach(resolve(dirname(file), name.replace(/\.[jt]s$/, '.d.ts')))
  }
  for (const { types } of Object.values(exports)) {
    if (types === undefined) continue
    const [before, after] = resolve(root, types).split('*')
    for (const file of files('.d.ts')) {
      if (after === undefined ? file === before : file.startsWith(before) && file.endsWith(after)) reach(file)
    }
  }
  for (const file of files('.d.ts')) {
    if (reached.has(file)) continue
    rmSync(file)
    rmSync(`${file}.map`)
  }
}

/** A file of types alone compiles to an empty module; where none imports it, it goes. */
function dropEmptyModules() {
  const modules = files('.js')
  const imported = new Set(
    modules.flatMap(file =>
      [...readFileSync(file, 'utf8').matchAll(/(?:\bfrom |\bimport\(|^import )['"](\.[^'"]+)['"]/gm)].map(([, name]) =>
        resolve(dirname(file), name),
      ),
    ),
  )
  for (const file of modules) {
    const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    if (code.trim() === 'export {};' && !imported.has(file)) rmSync(file)
  }
}
