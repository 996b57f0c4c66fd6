import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { layoutOf } from '../../src/run/layout.ts'
import { recstream } from '../cli/run-cli.ts'
import { root } from './command.ts'

// A pipeline's module is its author's: what fails in it is never blamed on whoever sends events, nor on recstream.
// Runs spend most of their time waiting, so they wait together.

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-fault-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const good = `{ eventId: 'a' + n, userId: 'u' + n, itemId: 'x', behaviour: 'click', time: 1.7e12 + n, value: null, properties: {}, recommendationId: null }`

/** A module of a pipeline with fifty events; its path. */
function moduleOf(name: string, { reward = '() => 1', more = '', event = good }): string {
  const file = join(folder, `${name}.mjs`)
  const door = pathToFileURL(join(root, 'dist', 'src', 'index.js')).href
  writeFileSync(
    file,
    `import { definePipeline } from '${door}'
export default definePipeline({ name: '${name}', behaviours: ['click'], scale: { kind: 'watch', positiveFrom: 0.5 },
  reward: ${reward},${more}
  source: { read: () => ({ profiles: () => [], items: () => [], *events() {
    for (let n = 0; n < 50; n++)
      yield ${event}
  } }) },
})
`,
  )
  return file
}

const start = (file: string, ...more: string[]) =>
  recstream(['start', file, '--source', folder, '--until-idle', '--data', join(folder, 'data'), ...more])
const letters = async (name: string) => {
  const { stdout } = await recstream(['dead-letters', '-p', name, '--data', join(folder, 'data'), '--json'])
  return JSON.parse(stdout) as { byReason: Record<string, number>; newest: { stage: string; message: string }[] }
}

function restartsOf(name: string): number {
  const { runLog } = layoutOf(join(folder, 'data'), name)
  return readFileSync(runLog, 'utf8').match(/"process started again"/g)?.length ?? 0
}

test.concurrent.each([
  ['throws', { reward: 'e => e.nothing.here' }, /^reward threw TypeError: Cannot read properties of undefined/],
  ['range', { reward: '() => 35.5' }, /^reward returned 35.5; it must be a number in \[0, 1\]\.$/],
  [
    'context',
    { more: 'features: { context: e => e.properties.missing.toFixed(1) },' },
    /^features.context threw TypeError: Cannot read properties of undefined \(reading 'toFixed'\)\.$/,
  ],
])(
  'a function of the definition that fails (%s) is definition-failed, said at once, and the run fails',
  async (name, change, message) => {
    const { code, stdout, stderr } = await start(moduleOf(name, change), '--json')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /A function of the pipeline's module fails: .* See `recstream dead-letters -p [a-z-]+ --data /,
    )
    expect(stderr).toMatch(/Of 50 events that came in, 50 were rejected: 50 definition-failed\./)
    expect(stderr).toMatch(/\nerror\[DEFINITION_FAILED\]: None of the 50 events that came in was kept/)
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ eventsIn: 50, eventsKept: 0, rejected: { 'definition-failed': 50 } },
      error: { code: 'DEFINITION_FAILED', message: expect.stringContaining('50 definition-failed') },
    })
    const { byReason, newest } = await letters(name)
    expect(byReason).toEqual({ 'definition-failed': 50 })
    for (const letter of newest) {
      expect(letter).toMatchObject({ stage: 'clean', message: expect.stringMatching(message) })
    }
  },
)

test.concurrent('a run that keeps nothing of what producers send fails too, and says whose fault it is', async () => {
  const { code, stderr } = await start(moduleOf('strange', { event: good.replace('click', 'stare') }))
  expect(code).toBe(1)
  expect(stderr).toMatch(/\nerror\[ALL_REJECTED\]: None of the 50 events that came in was kept: 50 unknown-behaviour; /)
})

test.concurrent('a run to which nothing but repeats came, or nothing at all, is well', async () => {
  const file = moduleOf('again', {})
  expect((await start(file)).code).toBe(0)
  expect(await start(file, '--json')).toMatchObject({ code: 0, stdout: expect.not.stringContaining('"error"') })
})

test.concurrent('doctor says what was rejected afterwards, where it is more than a tenth', async () => {
  const data = join(folder, 'looked-at')
  for (const [name, worst] of [
    ['fair', 5],
    ['unfair', 6],
  ] as const) {
    const file = moduleOf(name, { reward: `e => { if (e.time < 1.7e12 + ${worst}) throw 'no'; return 1 }` })
    expect((await start(file, '--data', data)).code).toBe(0)
  }
  const { stdout } = await recstream(['doctor', '--data', data, '--json'])
  const found = (JSON.parse(stdout).findings as { check: string; state: string; message: string }[])
    .filter(({ check, state }) => state === 'warning' && /^(un)?fair$/.test(check))
    .map(({ check, message }) => `${check}: ${message}`)
  expect(found).toEqual([
    'fair: A function of its module failed on 5 records so far.',
    'unfair: 6 of 50 events were rejected so far: 6 definition-failed.',
    'unfair: A function of its module failed on 6 records so far.',
  ])
})

test.concurrent('a source that throws ends start after a few tries, and import at once, with file and line', async () => {
  const file = moduleOf('breaks', { event: good.replace("'a' + n", 'n.foo.bar') })
  const told = `error[SOURCE_FAILED]: The source of breaks failed at ${file}:6 (events, row 1): TypeError: Cannot read properties of undefined (reading 'bar').\n`
  const run = await start(file)
  expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining(told) })
  expect(restartsOf('breaks')).toBe(2)
  const once = await recstream(['import', file, '--source', folder, '--data', join(folder, 'import')])
  expect(once).toMatchObject({ code: 1, stderr: told, stdout: '' })
})

test.concurrent('a source that throws what is no text ends start after as few tries', async () => {
  const file = moduleOf('mute', { event: good.replace("'a' + n", '(() => { throw Object.create(null) })()') })
  const { code, stderr } = await start(file)
  expect(code).toBe(1)
  expect(stderr).toContain(
    'error[SOURCE_FAILED]: The source of mute failed (events, row 1): something that is no text.',
  )
  expect(restartsOf('mute')).toBe(2)
})

test.concurrent('a row of the wrong type is named with its field, by import and by start', async () => {
  const file = moduleOf('numbers', { event: good.replace("'u' + n", 'n') })
  const told = '"userId" must be a text, not the number 0; write it as "0".'
  for (const args of [['import'], ['start', '--until-idle']]) {
    const { code, stderr } = await recstream([...args, file, '--source', folder, '--data', join(folder, args[0]!)])
    expect([code, stderr]).toEqual([1, expect.stringMatching(/error\[SOURCE_INVALID\]: Row 1 of .* \(event\): /)])
    expect(stderr).toContain(told)
  }
})

test.concurrent.each([
  [
    'whose source throws',
    { event: good.replace("'a' + n", 'n.foo.bar') },
    'SOURCE_FAILED',
    /whose-source.*:6 \(events, row 1\)/,
  ],
  ['whose reward throws', { reward: 'e => e.nothing.here' }, 'DEFINITION_FAILED', /the first: reward threw TypeError/],
])('experiment blames a module %s, not recstream', async (name, change, code, message) => {
  const file = moduleOf(name.replaceAll(' ', '-'), change)
  const args = [
    'experiment',
    'prequential',
    '--pipeline',
    file,
    '--source',
    folder,
    '--data',
    join(folder, 'experiment'),
  ]
  const { stderr, code: exit } = await recstream([...args, '--seeds', '1', '--policies', 'mean'])
  expect(exit).toBe(1)
  expect(stderr).toContain(`error[${code}]: `)
  expect(stderr).toMatch(message)
  expect(stderr).not.toMatch(/INTERNAL|\n\s+at /)
})

test.concurrent('simulate live blames the function of `simulate` that throws', async () => {
  const more = `recommend: { everyMs: 0 }, simulate: {
    event: () => { throw new Error('no mood') }, profile: () => ({}), item: () => ({ title: null, attributes: {}, tags: [] }),
  },`
  const args = ['simulate', 'live', moduleOf('moody', { more }), '--people', '2', '--steps', '10']
  const { code, stderr } = await recstream([...args, '--data', join(folder, 'live')])
  expect(code).toBe(1)
  expect(stderr).toContain('error[DEFINITION_FAILED]: simulate.event of moody threw Error: no mood; mend it')
  expect(stderr).not.toMatch(/INTERNAL|\n\s+at /)
})
