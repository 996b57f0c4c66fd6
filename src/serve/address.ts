import { isIP } from 'node:net'
import { RecstreamError } from '../errors.ts'

/** Where to listen. */
export interface Address {
  host: string
  port: number
}

export const defaultAddress: Address = { host: '127.0.0.1', port: 8080 }

/**
 * An address as people give it: host and port, or a port alone; port 0 takes a free one.
 *
 *     addressFrom('0')             // { host: '127.0.0.1', port: 0 }
 *     addressFrom('0.0.0.0:80')    // { host: '0.0.0.0', port: 80 }
 *     addressFrom('[::1]:8080')    // { host: '::1', port: 8080 }
 */
export function addressFrom(text: string): Address {
  const [, host = defaultAddress.host, digits] = /^(?:(\[[^\]]+\]|[^:[\]/\s]+):)?(\d{1,5})$/.exec(text.trim()) ?? []
  const port = Number(digits)
  if (!(port <= 65_535)) {
    throw new RecstreamError('CONFIG_INVALID', `"${text}" is no address; give one such as 127.0.0.1:8080, or 0.`)
  }
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port }
}

/** Whether only this machine can reach an address, or is meant by a name. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (isIP(name) === 4) return name.startsWith('127.')
  return name === 'localhost' || name === '::1' || name.endsWith('.localhost')
}

/** As it stands in a browser. */
export function urlOf({ host, port }: Address, secure: boolean): string {
  return `${secure ? 'https' : 'http'}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`
}
