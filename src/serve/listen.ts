import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RecstreamError } from '../errors.ts'
import type { Address } from './address.ts'
import type { ServeOptions } from './options.ts'

/** Listen, on another free port where that is allowed; ADDRESS_TAKEN where it cannot be done. */
export async function listen(server: Server, { address, anyPort }: ServeOptions): Promise<Address> {
  try {
    return await listenAt(server, address)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE' && anyPort) return await listenAt(server, { ...address, port: 0 })
    throw new RecstreamError('ADDRESS_TAKEN', sentence(code, address), { cause: error })
  }
}

function listenAt(server: Server, { host, port }: Address): Promise<Address> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      // A connection that cannot be taken in, for want of file handles, is no reason to end.
      server.on('error', () => {})
      resolve({ host, port: (server.address() as AddressInfo).port })
    })
  })
}

function sentence(code: string | undefined, { host, port }: Address): string {
  const other = 'give another address with --http, or --http 0 for a free port'
  if (code === 'EADDRINUSE') return `Another program listens at ${host}:${port}; ${other}.`
  if (code === 'EACCES') return `You may not listen at ${host}:${port}; ${other}.`
  return `${host}:${port} is no address of this machine (${code}); ${other}.`
}
