import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { RecstreamError } from '../errors.ts'
import { brokersFrom } from '../log/kafka/addresses.ts'
import type { Connection } from '../run/messages.ts'
import { keepSecret } from '../run/scrub.ts'

export interface ConnectionOptions {
  brokers?: string
  ssl?: true
  sslCa?: string
  sslCert?: string
  sslKey?: string
  sslInsecure?: true
  sasl?: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  saslUsername?: string
  saslPasswordEnv: string
  saslPasswordFile?: string
  registry?: string
  registryUsername?: string
  registryPasswordEnv: string
  registryPasswordFile?: string
}

/** Options that say how to reach Kafka; without --brokers the log is the embedded one in the data folder. */
export function withConnectionOptions(command: Command): Command {
  return command
    .optionsGroup('Kafka:')
    .option('--brokers <host:port,…>', 'use this Kafka; without it the log is files in the data folder')
    .option('--ssl', 'use TLS')
    .option('--ssl-ca <file>', "the authority that signed the brokers' certificates, PEM (implies --ssl)")
    .option('--ssl-cert <file>', 'certificate of this client, PEM (implies --ssl)')
    .option('--ssl-key <file>', 'its private key, PEM')
    .option('--ssl-insecure', 'use TLS without checking the brokers’ certificates')
    .addOption(
      new Option('--sasl <mechanism>', 'log in to the brokers').choices(['plain', 'scram-sha-256', 'scram-sha-512']),
    )
    .option('--sasl-username <name>', 'user to log in as')
    .option(
      '--sasl-password-env <variable>',
      'environment variable that holds the password; it never stands on the command line',
      'RECSTREAM_SASL_PASSWORD',
    )
    .option('--sasl-password-file <file>', 'file that holds it instead, and nothing else')
    .option('--registry <url>', 'schema registry, for values in Confluent framing')
    .option('--registry-username <name>', 'user to log in to the registry as')
    .option(
      '--registry-password-env <variable>',
      'environment variable that holds the password for it',
      'RECSTREAM_REGISTRY_PASSWORD',
    )
    .option('--registry-password-file <file>', 'file that holds it instead, and nothing else')
}

/** The connection that the options describe, checked; files and the password are read here. */
export function connectionFrom(options: ConnectionOptions): Connection {
  const registry = registryFrom(options)
  const connection: Connection = registry === undefined ? {} : { registry }
  const ssl = sslFrom(options)
  const sasl = saslFrom(options)
  if (options.brokers === undefined) {
    if (ssl === undefined && sasl === undefined) return connection
    throw invalid('TLS and SASL are for Kafka; give its address with --brokers as well, or leave them out.')
  }
  const brokers = brokersFrom(options.brokers)
  return { ...connection, brokers, ...(ssl === undefined ? {} : { ssl }), ...(sasl === undefined ? {} : { sasl }) }
}

function sslFrom(options: ConnectionOptions): Connection['ssl'] {
  const { ssl, sslCa, sslCert, sslKey, sslInsecure } = options
  if ((sslCert === undefined) !== (sslKey === undefined)) {
    throw invalid('A client certificate and its key go together; give both --ssl-cert and --ssl-key.')
  }
  const parts = {
    ...(sslCa === undefined ? {} : { ca: pemFile('--ssl-ca', sslCa) }),
    ...(sslCert === undefined ? {} : { cert: pemFile('--ssl-cert', sslCert) }),
    ...(sslKey === undefined ? {} : { key: pemFile('--ssl-key', sslKey) }),
    ...(sslInsecure === undefined ? {} : { rejectUnauthorized: false }),
  }
  return Object.keys(parts).length > 0 ? parts : ssl
}

function saslFrom(options: ConnectionOptions): Connection['sasl'] {
  const { sasl, saslUsername, saslPasswordEnv: variable, saslPasswordFile: file } = options
  if (sasl === undefined) {
    if (saslUsername === undefined) return undefined
    throw invalid('A user name alone does not log in; say how with --sasl plain, scram-sha-256 or scram-sha-512.')
  }
  if (saslUsername === undefined) throw invalid(`--sasl ${sasl} needs a user; give --sasl-username.`)
  return { mechanism: sasl, username: saslUsername, password: passwordFrom('sasl', { variable, file }) }
}

/** Never from the command line, which everybody on the machine can read. */
function passwordFrom(
  of: 'sasl' | 'registry',
  { variable, file }: { variable: string; file: string | undefined },
): string {
  const usual = variable === `RECSTREAM_${of.toUpperCase()}_PASSWORD`
  // What stands in the name's place may be the password itself, and so may be the file's.
  const where =
    file !== undefined ? `the file of --${of}-password-file` : usual ? variable : `the variable of --${of}-password-env`
  const password = file === undefined ? process.env[variable] : textOf(file)?.replace(/\r?\n$/, '')
  if (password !== undefined && password !== '') return keepSecret(password)
  throw invalid(
    `There is no password in ${where}; put it there, or name another place with --${of}-password-env or --${of}-password-file.`,
  )
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** The text of a PEM file that an option names. */
export function pemFile(option: string, path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    // Somebody may have given what the file holds.
    const named = path.includes('-----BEGIN') ? '' : ` "${path}"`
    throw invalid(`The file${named} of ${option} cannot be read (${code}); give the path of a PEM file.`)
  }
  if (text.includes('-----BEGIN ')) return text
  throw invalid(`The file "${path}" of ${option} is not PEM: it has no line -----BEGIN …; convert it with openssl.`)
}

/** The registry's address, with the login in it: so it goes from process to process, and is never printed. */
function registryFrom(options: ConnectionOptions): string | undefined {
  const { registry, registryUsername: user, registryPasswordEnv: variable, registryPasswordFile: file } = options
  if (registry === undefined) {
    if (user === undefined) return undefined
    throw invalid('A user of the registry needs its address; give it with --registry.')
  }
  if (!/^https?:\/\/./.test(registry) || !URL.canParse(registry)) {
    throw invalid('The registry is no address; give one such as --registry http://127.0.0.1:8081.')
  }
  const address = new URL(registry)
  if (address.username !== '' || address.password !== '') {
    throw invalid(
      'A login in --registry can be read by everybody on this machine; give the user with --registry-username, and the password in the environment variable RECSTREAM_REGISTRY_PASSWORD or a file (--registry-password-file).',
    )
  }
  if (user === undefined) return registry
  address.username = encodeURIComponent(user)
  address.password = encodeURIComponent(passwordFrom('registry', { variable, file }))
  return address.href
}

function invalid(message: string): RecstreamError {
  return new RecstreamError('CONFIG_INVALID', message)
}
