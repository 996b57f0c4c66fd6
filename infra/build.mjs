// Compiles src and pipelines into dist; used by `npm run build`, `npm ci` and `npm pack`. With --bench the benchmarks too.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const config = join(root, process.argv.includes('--bench') ? 'tsconfig.bench.json' : 'tsconfig.build.json')
// An installed package has neither the sources nor the compiler, and needs neither.
if (existsSync(config)) {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
  // What was compiled from a file that is gone must not be packed.
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  const { status } = spawnSync(process.execPath, [compiler, '-p', config], { stdio: 'inherit', cwd: root })
  if (status !== 0) process.exit(status ?? 1)
  chmodSync(join(root, 'dist', 'src', 'cli', 'main.js'), 0o755)
}
