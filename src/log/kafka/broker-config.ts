import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, relative } from 'node:path'
import { defaultKafkaVersion, infraFolder } from './broker-runtime.ts'

/** Everything about a broker that stays the same when it is restarted. */
export interface BrokerSettings {
  /** Its number in its cluster, from 1. */
  id: number
  /** Where its data, its settings and its own log go. */
  folder: string
  /** Where lies what all brokers of the cluster share, password and key; `folder` itself when there is only one. */
  shared: string
  port: number
  controllerPort: number
  /** The whole cluster, this broker included. */
  cluster: { id: number; controllerPort: number }[]
  /** Its own data says who votes, which needs Kafka 3.9; else its settings do, and the ports may be others each time. */
  standalone: boolean
  secure?: SecureListeners
}

/** The further listeners of a secure broker, and how to get in. */
export interface SecureListeners {
  saslPlaintext: string
  ssl: string
  saslSsl: string
  /** One user, for PLAIN and for both SCRAM mechanisms. */
  username: string
  password: string
  /** The certificate to trust, PEM; only known once the broker was started. */
  ca: string
}

/** Settings of each broker of a cluster: the ports asked for and those after it, or free ones. */
export async function chooseSettings(
  shared: string,
  { brokers, port, secure, version }: { brokers: number; port: number | undefined; secure: boolean; version: string },
): Promise<BrokerSettings[]> {
  const ports = await freePorts(5 * brokers)
  const cluster = Array.from({ length: brokers }, (_, k) => ({ id: k + 1, controllerPort: ports.pop()! }))
  return cluster.map(({ id, controllerPort }) => {
    const settings: BrokerSettings = {
      id,
      folder: brokers === 1 ? shared : join(shared, `broker-${id}`),
      shared,
      port: port === undefined ? ports.pop()! : port + id - 1,
      controllerPort,
      cluster,
      standalone: brokers === 1 && version === defaultKafkaVersion,
    }
    if (secure) {
      settings.secure = {
        saslPlaintext: `127.0.0.1:${ports.pop()}`,
        ssl: `127.0.0.1:${ports.pop()}`,
        saslSsl: `127.0.0.1:${ports.pop()}`,
        username: 'recstream',
        password: secretOf(shared),
        ca: '',
      }
    }
    return settings
  })
}

/** How many copies a cluster keeps of everything, and how many must hold a record before it is acknowledged. */
export function copiesOf(brokers: number): { copies: number; inSync: number } {
  const copies = Math.min(3, brokers)
  return { copies, inSync: Math.max(1, copies - 1) }
}

/** Write a broker's properties; `at` is the shared folder's path as the broker sees it. */
export function writeProperties(settings: BrokerSettings, at = settings.shared): string {
  const { id, folder, shared, port, controllerPort, cluster, secure } = settings
  const templates = infraFolder()
  const { copies, inSync } = copiesOf(cluster.length)
  const values: Record<string, string> = {
    id: String(id),
    quorum: quorumOf(settings),
    port: String(port),
    controllerPort: String(controllerPort),
    data: join(at, relative(shared, folder), 'data'),
    copies: String(copies),
    inSync: String(inSync),
    secureListeners:
      secure === undefined
        ? ''
        : `,SASL_PLAINTEXT://${secure.saslPlaintext},SSL://${secure.ssl},SASL_SSL://${secure.saslSsl}`,
    username: secure?.username ?? '',
    password: secure?.password ?? '',
    keystore: join(at, 'tls', 'broker.p12'),
    keystorePassword: secure?.password ?? '',
  }
  let text = readFileSync(join(templates, 'server.properties'), 'utf8')
  if (secure !== undefined) text += readFileSync(join(templates, 'secure.properties'), 'utf8')
  const path = join(folder, 'server.properties')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    path,
    text.replace(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole),
    { mode: 0o600 },
  )
  return path
}

function quorumOf({ standalone, cluster, controllerPort }: BrokerSettings): string {
  return standalone
    ? `controller.quorum.bootstrap.servers=127.0.0.1:${controllerPort}`
    : `controller.quorum.voters=${cluster.map(each => `${each.id}@127.0.0.1:${each.controllerPort}`).join(',')}`
}

/** Where a secure cluster's password lies. */
export function passwordFile(shared: string): string {
  return join(shared, 'password')
}

// Stays with the data, because the data remembers the SCRAM users that it was formatted with.
function secretOf(folder: string): string {
  const path = passwordFile(folder)
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(path, randomBytes(12).toString('hex'), { mode: 0o600 })
  }
  return readFileSync(path, 'utf8')
}

/** Ports on which nobody listens now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      server =>
        new Promise<number>((resolve, reject) => {
          server.on('error', reject)
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
        }),
    ),
  )
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return ports
}
