import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { infraFolder } from './broker-runtime.ts'

/** Everything about a broker that stays the same when it is restarted. */
export interface BrokerSettings {
  folder: string
  port: number
  controllerPort: number
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

/** Addresses for a broker: the port asked for, or free ones. */
export async function chooseSettings(
  folder: string,
  port: number | undefined,
  secure: boolean,
): Promise<BrokerSettings> {
  const [plain, controller, saslPlaintext, ssl, saslSsl] = await freePorts(5)
  const settings: BrokerSettings = { folder, port: port ?? plain!, controllerPort: controller! }
  if (secure) {
    settings.secure = {
      saslPlaintext: `127.0.0.1:${saslPlaintext}`,
      ssl: `127.0.0.1:${ssl}`,
      saslSsl: `127.0.0.1:${saslSsl}`,
      username: 'recstream',
      password: secretOf(folder),
      ca: '',
    }
  }
  return settings
}

/** Write the broker's properties; `at` is the folder's path as the broker sees it. */
export function writeProperties(settings: BrokerSettings, at = settings.folder): string {
  const { folder, port, controllerPort, secure } = settings
  const templates = infraFolder()
  const values: Record<string, string> = {
    port: String(port),
    controllerPort: String(controllerPort),
    data: join(at, 'data'),
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

// Stays with the data, because the data remembers the SCRAM users that it was formatted with.
function secretOf(folder: string): string {
  const path = join(folder, 'password')
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(path, randomBytes(12).toString('hex'), { mode: 0o600 })
  }
  return readFileSync(path, 'utf8')
}

async function freePorts(count: number): Promise<number[]> {
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
