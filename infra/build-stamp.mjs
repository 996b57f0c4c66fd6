// Whether dist is what a build would make of what is here. A build that ended well leaves a stamp in it: a hash of all that
// went in and of all that came out.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative, resolve } from 'node:path'

const folders = ['src', 'pipelines']
const files = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.page.json',
  'infra/build.mjs',
  'infra/build-stamp.mjs',
]

/** Whether dist is whole, and of these sources. */
export function isBuilt(root) {
  const stamp = stampOf(root)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === `${sourcesIn(root)} ${builtIn(root)}`
}

/** To be called before anything in dist is touched: it is no build from then on. Returns what `endBuild` needs. */
export function beginBuild(root) {
  rmSync(stampOf(root), { force: true })
  return sourcesIn(root)
}

/** To be called when all is in dist, with the sources as they were at the beginning: an edit meanwhile is not in it. */
export function endBuild(root, sources) {
  writeFileSync(stampOf(root), `${sources} ${builtIn(root)}`)
}

function stampOf(root) {
  return join(root, 'dist', 'build-stamp')
}

function sourcesIn(root) {
  const compiler = createRequire(import.meta.url).resolve('typescript/package.json')
  return hashOf(root, [compiler, ...files, ...folders.flatMap(folder => filesIn(root, folder))])
}

function builtIn(root) {
  return hashOf(
    root,
    filesIn(root, 'dist').filter(name => name !== relative(root, stampOf(root))),
  )
}

function hashOf(root, names) {
  const hash = createHash('sha256')
  for (const name of names) {
    const path = resolve(root, name)
    const content = existsSync(path) ? readFileSync(path) : null
    // Names and lengths stand between contents, so that nothing moves from one file to the next unseen.
    hash.update(JSON.stringify([name, content?.length ?? null])).update(content ?? '')
  }
  return hash.digest('hex')
}

function filesIn(root, folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
    .sort()
}
