import { run } from '../../log/kafka/broker-runtime.ts'
import { type BackendName, openBackend } from '../../nn/backend.ts'
import { packageJson } from '../package-json.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

/** Whether this Node is one that we run on. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return ok('node', version)
  return problem('node', `${version} is too old.`, 'Install Node 20.19 or later; 22 and 24 are fine.')
}

/** Which backend would train, and why not the native one. */
export async function checkBackend(): Promise<{ finding: Finding; backend: BackendName | null }> {
  const native = await openBackend('native').catch(() => null)
  try {
    const { name } = native ?? (await openBackend())
    if (name === 'native') return { finding: ok('tensorflow', 'native (tfjs-node) would run'), backend: name }
    const why = 'the optional package @tensorflow/tfjs-node has no library here'
    return { finding: ok('tensorflow', `${name} would run: ${why}`), backend: name }
  } catch (error) {
    return {
      finding: problem('tensorflow', messageOf(error), 'Install the package again: npm install recstream'),
      backend: null,
    }
  }
}

/** Whether DuckDB's library loads. */
export async function checkDuckDb(): Promise<Finding> {
  try {
    await import('../../warehouse/connect.ts')
    return ok('duckdb', packageJson('@duckdb/node-api').version)
  } catch (error) {
    const advice = 'Install the package again on this platform, without --omit=optional: npm install recstream'
    return problem('duckdb', `Its library does not load (${messageOf(error)}).`, advice)
  }
}

/** What `recstream kafka` could use; a pipeline needs none of it. */
export async function checkTools(): Promise<Finding[]> {
  const [java, maven, docker] = await Promise.all([
    run('java', ['-version']),
    run('mvn', ['-v']),
    run('docker', ['info', '--format', '{{.ServerVersion}}']),
  ])
  const version = (text: string | undefined) => /\d+(?:\.\d+)+/.exec(text ?? '')?.[0] ?? 'installed'
  const tools = [
    java?.status === 0 ? `Java ${version(java.output)}` : null,
    maven?.status === 0 ? `Maven ${version(maven.output)}` : null,
    docker?.status === 0 ? `Docker ${version(docker.output)}` : null,
  ].filter(tool => tool !== null)
  const javaMajor = java?.status === 0 ? Number(/version "(\d+)/.exec(java.output)?.[1]) : 0
  const enough = (javaMajor >= 17 && maven?.status === 0) || docker?.status === 0
  if (enough) return [ok('kafka', `\`recstream kafka\` can run one (${tools.join(', ')})`)]
  const found = tools.length === 0 ? 'neither Java nor Docker is here' : `only ${tools.join(', ')} is here`
  return [
    warning(
      'kafka',
      `\`recstream kafka\` cannot run one: ${found}.`,
      'Install Java 17 and Maven, or start Docker; pipelines run without.',
    ),
  ]
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!
}
