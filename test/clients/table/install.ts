import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBrokerRuntime } from '../../../src/log/kafka/broker-runtime.ts'

// What is installed stays in the user's cache folder, so that only the first run is long.

const here = dirname(fileURLToPath(import.meta.url))
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'recstream', 'clients')
/** For packages that a newer Node than the present one is asked for by. */
const newerNode = '24.21.0'

export function python(file: string, packages: readonly string[]): string[] {
  const folder = join(cache, [...packages].join('_'))
  const interpreter = join(folder, 'bin', 'python')
  if (!existsSync(join(folder, 'done'))) {
    command('python3', ['-m', 'venv', '--clear', folder])
    command(interpreter, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages])
    writeFileSync(join(folder, 'done'), '')
  }
  return [interpreter, join(here, 'python', file)]
}

export function go(client: string): string[] {
  const binary = join(cache, 'go', client)
  mkdirSync(dirname(binary), { recursive: true })
  command('go', ['build', '-o', binary, `./${client}`], join(here, 'go'))
  return [binary]
}

export function rust(client: string): string[] {
  const folder = join(cache, 'rust')
  cpSync(join(here, 'rust'), folder, { recursive: true })
  command('cargo', ['build', '--quiet', '--release', '--bin', client], folder)
  return [join(folder, 'target', 'release', client)]
}

/** The jars of the broker hold the client, too. */
export async function java(): Promise<string[]> {
  const runtime = await findBrokerRuntime()
  if (runtime.kind !== 'java') throw new Error('Java is not here')
  const classes = join(cache, 'java')
  const jars = join(runtime.jars, '*')
  command('javac', ['-cp', jars, '-d', classes, join(here, 'java', 'Client.java')])
  return ['java', '-Xmx256m', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', `${classes}:${jars}`, 'Client']
}

/** The console producer, as `kafka-console-producer` runs it: its jar is beside those of the broker. */
export async function consoleProducer(): Promise<string[]> {
  const runtime = await findBrokerRuntime()
  if (runtime.kind !== 'java') throw new Error('Java is not here')
  const folder = join(cache, `kafka-tools-${runtime.version}`)
  const artifact = `-Dartifact=org.apache.kafka:kafka-tools:${runtime.version}`
  if (!existsSync(folder)) command('mvn', ['-q', '-B', 'dependency:copy', artifact, `-DoutputDirectory=${folder}`])
  const jars = [join(folder, '*'), join(runtime.jars, '*')].join(':')
  return ['java', '-Xmx256m', '-cp', jars, 'org.apache.kafka.tools.ConsoleProducer']
}

/** A package of npm; `built` has its native part built here from the source that it brings. */
export function npm(
  file: string,
  packages: readonly string[],
  options: { newer?: boolean; built?: string } = {},
): string[] {
  const folder = join(cache, packages.join('_').replaceAll('/', '+'))
  const wanted = options.newer ? [...packages, `node-${process.platform}-${process.arch}@${newerNode}`] : packages
  if (!existsSync(join(folder, 'done'))) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }')
    command(
      'npm',
      ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--engine-strict=false', ...wanted],
      folder,
    )
    if (options.built !== undefined) {
      const headers = `--nodedir=${dirname(dirname(process.execPath))}`
      command('npx', ['--yes', 'node-gyp@13', 'rebuild', headers], join(folder, 'node_modules', options.built))
    }
    writeFileSync(join(folder, 'done'), '')
  }
  for (const name of [file, 'records.mjs']) cpSync(join(here, 'js', name), join(folder, name))
  const node = options.newer
    ? join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
    : process.execPath
  return [node, join(folder, file)]
}

function command(name: string, words: readonly string[], cwd = here): void {
  const { status, error, stderr } = spawnSync(name, words, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (error !== undefined) throw new Error(`${name} is not here`)
  if (status !== 0) throw new Error(`${name} ${words.join(' ')}\n${stderr.slice(-2_000)}`)
}
