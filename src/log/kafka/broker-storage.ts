import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import { type BrokerSettings, passwordFile, writeProperties } from './broker-config.ts'
import { dockerRun, inContainer, mounted } from './broker-docker.ts'
import { javaFlags } from './broker-process.ts'
import { type BrokerRuntime, lastLine, run } from './broker-runtime.ts'

/** Write a broker's settings, and its empty storage where there is none yet. */
export async function prepareStorage(runtime: BrokerRuntime, settings: BrokerSettings): Promise<void> {
  const { folder, shared, standalone, secure } = settings
  const docker = runtime.kind === 'docker'
  const properties = writeProperties(settings, docker ? mounted : shared)
  if (existsSync(join(folder, 'data', 'meta.properties'))) return
  const users = (secure === undefined ? [] : ['SCRAM-SHA-256', 'SCRAM-SHA-512']).flatMap(mechanism => [
    '--add-scram',
    `${mechanism}=[name=${secure!.username},password=${secure!.password}]`,
  ])
  const words = [
    ...[
      'kafka.tools.StorageTool',
      'format',
      '-t',
      clusterId(shared),
      '-c',
      docker ? inContainer(settings, properties) : properties,
    ],
    ...(standalone ? ['--standalone'] : []),
    ...users,
  ]
  // A file that Java reads its words from: a password among them would be seen in the list of processes.
  const file = join(shared, 'format.args')
  writeFileSync(file, words.map(quoted).join('\n'), { mode: 0o600 })
  const result =
    runtime.kind === 'docker'
      ? await run('docker', [
          ...[...dockerRun(settings), runtime.image, 'java', '-cp', '/opt/kafka/libs/*'],
          `@${inContainer(settings, file)}`,
        ])
      : await run('java', [...javaFlags, '-cp', join(runtime.jars, '*'), `@${file}`], folder)
  rmSync(file, { force: true })
  if (result?.status !== 0) {
    throw new RecstreamError(
      'LOG_UNAVAILABLE',
      `Kafka's storage could not be formatted: ${lastLine(result?.output ?? '')}`,
    )
  }
}

/** A word of an argument file of Java's. */
function quoted(word: string): string {
  return `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

// One for all brokers of the cluster, also for one whose storage was removed and is made anew.
function clusterId(shared: string): string {
  const path = join(shared, 'cluster-id')
  // Kafka's own ids never start with a dash, which its argument parser would take for an option.
  if (!existsSync(path)) writeFileSync(path, randomBytes(16).toString('base64url').replace(/^[-_]/, 'A'))
  return readFileSync(path, 'utf8')
}

/** A key and a self-signed certificate for the TLS listeners; the certificate as PEM. */
export async function makeTls(runtime: BrokerRuntime, settings: BrokerSettings): Promise<string> {
  const { shared } = settings
  const tls = join(shared, 'tls')
  const certificate = join(tls, 'ca.pem')
  if (!existsSync(certificate)) {
    mkdirSync(tls, { recursive: true })
    const docker = runtime.kind === 'docker'
    const at = docker ? inContainer(settings, tls) : tls
    // In words it would be seen in the list of processes.
    const password = docker ? inContainer(settings, passwordFile(shared)) : passwordFile(shared)
    const store = ['-alias', 'broker', '-keystore', `${at}/broker.p12`, '-storepass:file', password]
    const commands = [
      [
        '-genkeypair',
        '-keyalg',
        'RSA',
        '-keysize',
        '2048',
        '-validity',
        '3650',
        '-storetype',
        'PKCS12',
        '-dname',
        'CN=localhost',
      ].concat(['-ext', 'SAN=dns:localhost,ip:127.0.0.1'], store),
      ['-exportcert', '-rfc', '-file', `${at}/ca.pem`, ...store],
    ]
    for (const args of commands) {
      const result =
        runtime.kind === 'docker'
          ? await run('docker', [...dockerRun(settings), runtime.image, 'keytool', ...args])
          : await run('keytool', args)
      if (result?.status !== 0) {
        throw new RecstreamError(
          'TOOL_MISSING',
          `keytool could not make a key: ${lastLine(result?.output ?? 'it is not installed')}`,
        )
      }
    }
  }
  return readFileSync(certificate, 'utf8')
}
