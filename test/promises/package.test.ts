import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './command.ts'
import { inFolder } from './twins.ts'

test('what npm pack makes installs into an empty folder, runs there, and ships its types', { timeout: 240_000 }, () =>
  inFolder(async folder => {
    const run = (command: string, args: string[], cwd: string) =>
      execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    const [{ filename, files }] = JSON.parse(
      run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root),
    ) as [{ filename: string; files: { path: string }[] }]
    const paths = files.map(({ path }) => path)
    for (const needed of [
      'LICENSE',
      'NOTICE',
      'README.md',
      'pipelines/kuairand/data/LICENSE',
      'schemas/behaviour-event.avsc',
    ]) {
      expect(paths).toContain(needed)
    }
    expect(paths.filter(path => /^(src|test)\/|\.test\.|ml-(100k|1m)\/|u\.data|ratings\.dat/.test(path))).toEqual([])

    writeFileSync(join(folder, 'package.json'), '{ "name": "shop", "private": true, "type": "module" }')
    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, filename)], folder)
    const start = [
      'recstream',
      'start',
      'generated',
      '--source',
      'events=2000,users=100,items=50',
      '--until-idle',
      '--json',
    ]
    const summary = JSON.parse(run('npx', start, folder).trim().split('\n').at(-1)!)
    expect(summary).toMatchObject({ pipeline: 'generated', eventsIn: 2_000, eventsKept: 2_000 })
    const rows = run('npx', ['recstream', 'sql', 'select count(*) as events from events', '--json'], folder)
    expect(JSON.parse(rows)).toEqual([{ events: 2_000 }])

    writeFileSync(
      join(folder, 'shop.ts'),
      `import { definePipeline, type PipelineDefinition } from 'recstream'
export const shop: PipelineDefinition = definePipeline({
  name: 'shop',
  behaviours: ['view'],
  scale: { kind: 'watch', positiveFrom: 0.5 },
  reward: event => event.value ?? 0,
})
// @ts-expect-error: a scale must say what it is
definePipeline({ name: 'shop', behaviours: ['view'], scale: {}, reward: () => 0 })
`,
    )
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')]
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck', ...types]
    run(process.execPath, [compiler, ...options, 'shop.ts'], folder)
  }),
)
