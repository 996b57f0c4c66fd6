import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import type { Log } from '../../src/log/log.ts'
import { packageRoot } from '../../src/package-root.ts'
import { topicSpecs } from '../../src/records/topics.ts'
import { findPipeline } from '../../src/run/find-pipeline.ts'
import { importSource } from '../../src/sources/import-source.ts'
import { contents, temporaryFolder } from './rows.ts'

const numbers = 'events=20000,users=300,items=100,seed=5'

/** Import in a process of its own; kill it once it has told of so many events. Resolves to whether it was killed. */
async function importInProcess(log: string, killAt: number | null, failpoints = ''): Promise<boolean> {
  const built = (path: string) => JSON.stringify(pathToFileURL(join(packageRoot(), 'dist/src', path)).href)
  const script = join(temporaryFolder(), 'import.mjs')
  writeFileSync(
    script,
    `import { findPipeline } from ${built('run/find-pipeline.js')}
     import { importSource } from ${built('sources/import-source.js')}
     import { layoutOf } from ${built('run/layout.js')}
     import { notedImport } from ${built('run/noted-import.js')}
     import { openEmbeddedLog } from ${built('log/embedded/embedded-log.js')}
     const log = await openEmbeddedLog({ folder: ${JSON.stringify(log)} })
     const onProgress = ({ events }) => process.stdout.write(events + '\\n')
     const noted = notedImport('generated', layoutOf(${JSON.stringify(dirname(log))}, 'generated'))
     const definition = await findPipeline('generated')
     await importSource({ log, definition, folder: ${JSON.stringify(numbers)}, onProgress, noted, batchSize: 500 })
     await log.close()`,
  )
  const child = spawn(process.execPath, [script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, RECSTREAM_FAILPOINTS: failpoints },
  })
  const ended = new Promise<{ code: number | null; signal: string | null }>(resolve => {
    child.on('exit', (code, signal) => resolve({ code, signal }))
  })
  for await (const line of createInterface({ input: child.stdout })) {
    if (killAt !== null && Number(line) >= killAt) child.kill('SIGKILL')
  }
  const { code, signal } = await ended
  if (signal !== 'SIGKILL') expect(code).toBe(0)
  return signal === 'SIGKILL'
}

/** Records as text: twenty thousand of them are compared in no time. */
async function text(log: Log, topic: string): Promise<string[][]> {
  return (await contents(log, topic)).map(records =>
    records.map(({ key, timestamp, value, headers }) =>
      [key, timestamp, value?.toString('hex'), headers['recstream-import']].join(' '),
    ),
  )
}

test('kill -9 at any instant and at every failpoint of an append, then start again: the same topics', async () => {
  const folder = join(temporaryFolder(), 'log')
  const log = await openEmbeddedLog({ folder })
  await log.ensureTopics(topicSpecs('generated', 2))
  const failpoints = temporaryFolder()
  for (const name of ['append.before', 'append.after', 'fsync.before', 'fsync.after']) {
    writeFileSync(join(failpoints, name), '')
    expect(await importInProcess(folder, null, failpoints)).toBe(true)
  }
  // How far a run comes until the signal arrives is chance, and any of it must do.
  for (const killAt of [1, 4_000, 9_500, 15_000]) await importInProcess(folder, killAt)
  expect(await importInProcess(folder, null)).toBe(false)

  const twin = await openEmbeddedLog({ folder: join(temporaryFolder(), 'log') })
  await twin.ensureTopics(topicSpecs('generated', 2))
  await importSource({ log: twin, definition: await findPipeline('generated'), folder: numbers })
  for (const { name } of topicSpecs('generated', 2)) expect(await text(log, name)).toEqual(await text(twin, name))
  expect((await text(log, 'generated.behaviour-events')).flat().length).toBe(20_000)
  await twin.close()
  await log.close()
})
