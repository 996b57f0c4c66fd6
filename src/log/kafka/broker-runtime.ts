import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RecstreamError } from '../../errors.ts'

/** The version that is started unless another is asked for; `infra/kafka/pom.xml` names it too. */
export const defaultKafkaVersion = '4.3.1'

/** What a broker of a version can be run with on this machine. */
export type BrokerRuntime = { version: string } & (
  | { kind: 'java'; jars: string; archive: string }
  | { kind: 'docker'; image: string }
)

/** The folder with the broker's templates, in a checkout as in an installed package. */
export function infraFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'infra', 'kafka')
    if (existsSync(join(candidate, 'pom.xml'))) return candidate
  }
  throw new RecstreamError(
    'TOOL_MISSING',
    'The folder infra/kafka is missing from this installation; install recstream again.',
  )
}

/** What a broker could be run with here, or null; quick, and fetches nothing. */
export async function detectBrokerRuntime(kafkaVersion = defaultKafkaVersion): Promise<BrokerRuntime | null> {
  const java = await run('java', ['-version'])
  const version = /version "(\d+)/.exec(java?.output ?? '')
  if (java?.status === 0 && Number(version?.[1]) >= 17) {
    const jars = join(cacheFolder(), `kafka-${kafkaVersion}`)
    if (existsSync(jars) || (await run('mvn', ['-v']))?.status === 0) {
      const key = createHash('sha256').update(java.output).digest('hex').slice(0, 12)
      const archive = join(cacheFolder(), `kafka-${kafkaVersion}-${key}.jsa`)
      return { version: kafkaVersion, kind: 'java', jars, archive }
    }
  }
  if ((await run('docker', ['info']))?.status !== 0) return null
  return { version: kafkaVersion, kind: 'docker', image: `apache/kafka:${kafkaVersion}` }
}

/** Java with the broker's jars (fetched once by Maven), else Docker; TOOL_MISSING says what to install. */
export async function findBrokerRuntime(
  version: string = defaultKafkaVersion,
  onLine: (line: string) => void = () => {},
): Promise<BrokerRuntime> {
  const runtime = await detectBrokerRuntime(version)
  if (runtime === null) {
    throw new RecstreamError(
      'TOOL_MISSING',
      'A Kafka broker needs Java 17 or newer with Maven, or a running Docker; install one of them, or use a broker elsewhere with --brokers.',
    )
  }
  if (runtime.kind === 'java' && !existsSync(runtime.jars)) await fetchJars(version, runtime.jars, onLine)
  return runtime
}

function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'recstream')
}

async function fetchJars(version: string, jars: string, onLine: (line: string) => void): Promise<void> {
  onLine(`Fetching Apache Kafka ${version} with Maven (45 MB, once)`)
  mkdirSync(dirname(jars), { recursive: true })
  const work = mkdtempSync(`${jars}-`)
  try {
    copyFileSync(join(infraFolder(), 'pom.xml'), join(work, 'pom.xml'))
    const result = await run('mvn', [
      '-q',
      '-B',
      '-f',
      join(work, 'pom.xml'),
      `-Dkafka.version=${version}`,
      'dependency:copy-dependencies',
      `-DoutputDirectory=${join(work, 'jars')}`,
      '-DincludeScope=runtime',
    ])
    if (result?.status !== 0 || readdirSync(join(work, 'jars')).length === 0) {
      throw new RecstreamError('TOOL_MISSING', `Maven could not fetch Apache Kafka: ${lastLine(result?.output ?? '')}`)
    }
    try {
      renameSync(join(work, 'jars'), jars)
    } catch (error) {
      if (!existsSync(jars)) throw error
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Run a program to its end; null when it is not installed. */
export function run(
  command: string,
  args: readonly string[],
  cwd?: string,
): Promise<{ status: number; output: string } | null> {
  return new Promise(resolve => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd })
    let output = ''
    const collect = (data: Buffer) => (output = (output + data).slice(-20_000))
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', () => resolve(null))
    child.on('close', status => resolve({ status: status ?? 1, output }))
  })
}

export function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? ''
}
