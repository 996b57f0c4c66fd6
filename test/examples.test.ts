import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../src/package-root.ts'
import { blocksOn } from './docs/markdown.ts'
import { describeKafka } from './kafka/brokers.ts'
import { isLong } from './long.ts'

const root = packageRoot()
const examples = join(root, 'examples')
const timeout = 240_000
/** Where the package is installed as `npm pack` makes it; the examples lie beside it. */
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-examples-'))
  const [{ filename }] = JSON.parse(
    await run(root, `npm pack --json --ignore-scripts --pack-destination "${folder}"`),
  ) as [{ filename: string }]
  writeFileSync(join(folder, 'package.json'), '{ "name": "examples", "private": true, "type": "module" }')
  await run(folder, `npm install --prefer-offline --no-audit --no-fund ./${filename}`)
  for (const name of names()) {
    const copy = join(folder, name)
    cpSync(join(examples, name), copy, { recursive: true, filter: from => !/node_modules|\.recstream/.test(from) })
    symlinkSync(join(folder, 'node_modules'), join(copy, 'node_modules'))
  }
}, timeout)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Run a line as a shell does; what it wrote to stdout. */
async function run(cwd: string, line: string, env: Record<string, string> = {}): Promise<string> {
  const started = promisify(execFile)('sh', ['-c', line], { cwd, env: { ...process.env, ...env } })
  const { stdout } = await started.catch(({ stdout, stderr }) => {
    throw new Error(`${line}\n${stdout}${stderr}`)
  })
  return stdout
}

function names(): string[] {
  return readdirSync(examples, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
}

/** Run the commands of an example's README; each `text` block must stand in what the commands above it wrote. */
async function followReadme(name: string, brokers?: readonly string[]): Promise<void> {
  let wrote = ''
  for (const { language, text } of blocksOn(`examples/${name}/README.md`)) {
    if (language === 'text') expect(wrote).toContain(text)
    if (language !== 'sh') continue
    wrote = ''
    for (const line of text.trim().split('\n')) {
      // The package is there; and whatever follows the start of a broker needs one.
      if (line === 'npm install') continue
      if (line === 'npx recstream kafka' && brokers === undefined) return
      if (line === 'npx recstream kafka') continue
      const env = brokers === undefined ? {} : { BROKERS: brokers.join(',') }
      wrote += await run(join(folder, name), line.replace('127.0.0.1:9092', env.BROKERS ?? ''), env)
    }
  }
}

test('each depends on this version of the package, and stands in the list', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const list = readFileSync(join(examples, 'README.md'), 'utf8')
  for (const name of names()) {
    const { dependencies } = JSON.parse(readFileSync(join(examples, name, 'package.json'), 'utf8'))
    expect(dependencies.recstream).toBe(`^${version}`)
    expect(readFileSync(join(examples, name, 'README.md'), 'utf8')).toContain(`recstream-${version}.tgz`)
    expect(list).toContain(`(${name}/README.md)`)
  }
})

test.runIf(isLong).each(names().filter(name => name !== 'own-topic'))(
  '%s: its README, from an empty folder',
  { timeout },
  async name => {
    await followReadme(name)
  },
)

test('own-topic: what its README says before a broker runs', { timeout }, () => followReadme('own-topic'))

test('the test that the list of examples shows passes', { timeout }, async () => {
  const [block] = blocksOn('examples/README.md').filter(({ language }) => language === 'js')
  writeFileSync(join(folder, 'shop', 'shown.test.mjs'), block!.text)
  expect(await run(join(folder, 'shop'), 'node --test shown.test.mjs')).toMatch(/pass 1$/m)
})

describeKafka('with a broker', broker => {
  test('own-topic: all of its README', { timeout }, () => followReadme('own-topic', broker().brokers))
})
