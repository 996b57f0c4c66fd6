import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { layoutOf } from '../../src/run/layout.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { event, noRows } from '../warehouse/fixtures.ts'

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'recstream-shell-'))
const layout = layoutOf(folder, 'shop')

/** A pseudo-terminal: that of util-linux; others are called otherwise. */
const terminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux')

let shell: ChildProcess | null = null
let said = ''

beforeAll(async () => {
  const warehouse = await openWarehouse({
    file: layout.warehouse,
    snapshots: layout.snapshots,
    archive: layout.archive,
  })
  await warehouse.commit({ ...noRows, events: [event(1), event(2)] })
  await warehouse.close()
})

afterAll(() => {
  shell?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** What is shown from now on until it has this in it. */
async function shown(wanted: RegExp): Promise<string> {
  await expect.poll(() => said, { timeout: 60_000 }).toMatch(wanted)
  const text = said
  said = ''
  return text
}

function type(keys: string): void {
  said = ''
  shell!.stdin!.write(keys)
}

test.skipIf(!terminal)('a shell on a terminal', { timeout: 120_000 }, async () => {
  const command = `'${process.execPath}' '${main}' sql --data '${folder}' --seconds 60`
  shell = spawn('script', ['-qefc', command, '/dev/null'], { env: { ...process.env, TERM: 'xterm' } })
  shell.stdout!.setEncoding('utf8').on('data', text => (said += text))
  const left = new Promise(resolve => shell!.on('close', resolve))
  await shown(/as of event 2 [\s\S]*shop> /)

  // Tab completes what is a column.
  type('select user_i')
  await shown(/user_i/)
  type('\t')
  await shown(/d/)
  // Several lines until the semicolon.
  type(' from events\r')
  await shown(/\.\.\.> /)
  type('order by sequence limit 1;\r')
  await shown(/user_id[\s\S]*1 row, as of event 2[\s\S]*shop> /)
  type('.tables se\r')
  await shown(/sequences +│ view[\s\S]*shop> /)

  // Ctrl-C ends what is typed, and the query, not the shell.
  type('select 1 as\r')
  await shown(/\.\.\.> /)
  type('\u0003')
  await shown(/shop> /)
  type('select count(*) from range(40000000000) t(a) where sqrt(a) * sin(a) = 0.5;\r')
  await shown(/0\.5;/)
  const again = setInterval(() => shell!.stdin!.write('\u0003'), 500)
  await shown(/error\[SQL_LIMIT\]: The query was ended[\s\S]*shop> /)
  clearInterval(again)
  type('\u0003')
  await shown(/shop> /)
  // What may not be asked is refused, and the shell goes on.
  type("from read_text('/etc/hostname');\r")
  await shown(/error\[SQL_FORBIDDEN\][\s\S]*shop> /)
  type('select 6 * 7;\r')
  await shown(/│ +42 │[\s\S]*shop> /)

  type('\u0004')
  expect(await left).toBe(0)
  const history = readFileSync(layout.sqlHistory, 'utf8')
  expect(history).toMatch(/^select user_id from events order by sequence limit 1;\n\.tables se\n/)
  expect(history).toMatch(/\nselect 6 \* 7;\n$/)
  expect(statSync(layout.sqlHistory).mode & 0o777).toBe(0o600)
})
