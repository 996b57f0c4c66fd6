import { rmSync } from 'node:fs'
import type { Server } from 'node:net'

/**
 * Let a server listen on a local socket that only this user can reach.
 *
 *     await listenPrivately(createServer(answer), layout.learnDoor)
 */
export async function listenPrivately(server: Server, socket: string): Promise<void> {
  if (process.platform !== 'win32') rmSync(socket, { force: true }) // left by a process that was killed
  await new Promise<void>((resolve, reject) => {
    const before = process.umask(0o077)
    server.once('error', reject)
    server.listen(socket, resolve)
    process.umask(before)
  })
  // A caller that cannot be taken in for want of file handles is no reason to end.
  server.on('error', () => {})
}
