import { isIPv6 } from 'node:net'
import { RecstreamError } from '../../errors.ts'

const form = /^(?:\[(?<six>[^\]]*)\]|(?<name>[^\s:/@[\]]+)):(?<port>\d{1,5})$/

/**
 * Addresses of brokers as people write them, checked: "host:port", an IPv6 address in brackets, several with commas
 * between them. The scheme of a listener is left out, and what stands twice counts once.
 *
 *     brokersFrom('PLAINTEXT://a:9092, [::1]:9092,a:9092')   // ['a:9092', '[::1]:9092']
 *
 * CONFIG_INVALID names the address that is none.
 */
export function brokersFrom(given: string | readonly string[]): string[] {
  // Before it is cut at commas, which a password may hold.
  if (`${given}`.includes('@')) {
    throw new RecstreamError(
      'CONFIG_INVALID',
      'A login has no place among the brokers, where everybody on this machine can read it; give --brokers host:port, the user with --sasl-username, and the password in RECSTREAM_SASL_PASSWORD or a file (--sasl-password-file).',
    )
  }
  const parts = (typeof given === 'string' ? given.split(',') : given).map(part => part.trim())
  const brokers = parts.filter(part => part !== '').map(checked)
  if (brokers.length === 0) {
    throw new RecstreamError('CONFIG_INVALID', 'No broker is named; give --brokers host:port, such as 127.0.0.1:9092.')
  }
  return [...new Set(brokers)]
}

function checked(given: string): string {
  const address = given.replace(/^(?:plaintext|ssl|sasl_plaintext|sasl_ssl):\/\//i, '')
  const { six, name, port } = form.exec(address)?.groups ?? {}
  const number = Number(port)
  if ((name !== undefined || isIPv6(six ?? '')) && number >= 1 && number <= 65_535) {
    return `${name ?? `[${six}]`}:${number}`
  }
  throw new RecstreamError('CONFIG_INVALID', whyNot(given, address))
}

function whyNot(given: string, address: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) {
    return `"${given}" is no broker address; give --brokers host:port without a scheme.`
  }
  if (isIPv6(address) || isIPv6(address.replace(/:\d+$/, ''))) {
    return `"${given}" is no broker address; an IPv6 address stands in brackets, as in [::1]:9092.`
  }
  if (/^[^\s:/@[\]]+:/.test(address) || isIPv6(/^\[(.*)\]/.exec(address)?.[1] ?? '')) {
    // What stands in the port's place may be a password.
    const shown = /:\d+$/.test(given) ? given : given.replace(/:[^:]+$/, ':…')
    return `"${shown}" has no port from 1 to 65535; give --brokers host:port, such as 127.0.0.1:9092.`
  }
  return `"${given}" is no broker address; give --brokers host:port, several with commas between them.`
}

/** Host and port of an address. */
export function partsOf(address: string): { host: string; port: number } {
  const { six, name, port } = form.exec(address)!.groups!
  return { host: six ?? name!, port: Number(port) }
}

/*
 * kafkajs cuts an address at its first colon. Within it an IPv6 address therefore goes by a name without colons, which no
 * host can have; the sockets know it.
 */
export function nameOf(address: string): string {
  const { six, port } = form.exec(address)?.groups ?? {}
  return six === undefined ? address : `[${six.replaceAll(':', '-')}]:${port}`
}

/** The host that kafkajs's name of it means, as a socket takes it. */
export function hostOf(name: string): string {
  return name.startsWith('[') ? name.slice(1, -1).replaceAll('-', ':') : name
}

/** An address as people read it. */
export function addressOf(host: string, port: number): string {
  const bare = hostOf(host)
  return isIPv6(bare) ? `[${bare}]:${port}` : `${bare}:${port}`
}
