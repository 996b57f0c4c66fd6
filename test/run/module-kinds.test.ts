import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'

const runsTypeScript = (process.features as { typescript?: unknown }).typescript === 'strip'

// Node itself loads the modules here, and not the test runner, which reads TypeScript on every Node.
const built = (path: string) => JSON.stringify(pathToFileURL(join(packageRoot(), 'dist/src', path)).href)
const typescript = `import { definePipeline } from ${built('index.js')}
const name: string = 'shop'
export default definePipeline({
  name, behaviours: ['view'], value: { min: 0, max: 1 }, scale: { kind: 'watch', positiveFrom: 0.5 }, reward: () => 1,
})
`
const javascript = typescript.replace(': string', '')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-kinds-'))
  for (const type of ['module', 'commonjs']) {
    mkdirSync(join(folder, type))
    writeFileSync(join(folder, type, 'package.json'), JSON.stringify({ type }))
    for (const name of ['shop.ts', 'shop.mts']) writeFileSync(join(folder, type, name), typescript)
    for (const name of ['shop.js', 'shop.mjs']) writeFileSync(join(folder, type, name), javascript)
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The name of the pipeline that is loaded, else code and sentence. */
function loaded(path: string): string {
  const script = `import { findPipeline } from ${built('run/find-pipeline.js')}
const found = await findPipeline(process.argv[1]).catch(error => error)
console.log(found instanceof Error ? found.code + ': ' + found.message : found.name)`
  const node = ['--no-warnings', '--input-type=module', '--eval', script, path]
  return execFileSync(process.execPath, node, { cwd: folder, encoding: 'utf8' }).trim()
}

test.each(['module/shop.js', 'module/shop.mjs', 'commonjs/shop.mjs'])('%s is loaded', path => {
  expect(loaded(path)).toBe('shop')
})

test('JavaScript with imports in a CommonJS folder is told to be named .mjs', () => {
  expect(loaded('commonjs/shop.js')).toBe(
    'PIPELINE_INVALID: The module commonjs/shop.js cannot be loaded: it uses import and export, but its package.json says "type": "commonjs"; name it .mjs, or set "type": "module" there.',
  )
})

test('a module that throws what is no text is told like any other', () => {
  writeFileSync(join(folder, 'module', 'mute.mjs'), 'throw Object.create(null)\n')
  expect(loaded('module/mute.mjs')).toBe(
    'PIPELINE_INVALID: The module module/mute.mjs cannot be loaded: it throws something that is no text.',
  )
})

describe.skipIf(runsTypeScript)('where Node does not run TypeScript', () => {
  test.each(['module/shop.ts', 'module/shop.mts', 'commonjs/shop.ts'])('%s is told which Node does', path => {
    expect(loaded(path)).toBe(
      `PIPELINE_INVALID: The module ${path} cannot be loaded: Node ${process.version} does not run TypeScript; use Node 22.18 or later, or write the module in JavaScript (.mjs).`,
    )
  })
})

describe.runIf(runsTypeScript)('where Node runs TypeScript', () => {
  test.each(['module/shop.ts', 'module/shop.mts', 'commonjs/shop.mts'])('%s is loaded', path => {
    expect(loaded(path)).toBe('shop')
  })

  test('TypeScript with imports in a CommonJS folder is told to be named .mts', () => {
    expect(loaded('commonjs/shop.ts')).toContain('name it .mts, or set "type": "module" there.')
  })
})
