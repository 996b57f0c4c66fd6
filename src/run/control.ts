import { rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { RecstreamError } from '../errors.ts'

/** What the owner of a pipeline's warehouse answers on its local socket. */
export type ControlHandlers = Record<'snapshot' | 'status', () => Promise<unknown>>

/** Answer on a local socket that only this user can reach. */
export async function serveControl(socket: string, handlers: ControlHandlers): Promise<{ close(): Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    const handler = handlers[(incoming.url ?? '/').slice(1) as keyof ControlHandlers]
    const answer = (status: number, body: unknown) => {
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (handler === undefined) return answer(404, { message: 'There is no such question.' })
    handler().then(
      body => answer(200, body),
      error => answer(500, { message: error instanceof Error ? error.message : String(error) }),
    )
  })
  if (process.platform !== 'win32') rmSync(socket, { force: true }) // left by a process that was killed
  await new Promise<void>((resolve, reject) => {
    const before = process.umask(0o077)
    server.once('error', reject)
    server.listen(socket, resolve)
    process.umask(before)
  })
  return {
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Ask the running pipeline; NOT_RUNNING when nobody answers on the socket, or ends while answering. */
export function askControl<T>(socket: string, question: keyof ControlHandlers): Promise<T> {
  return new Promise((resolve, reject) => {
    const notRunning = (cause: unknown) =>
      reject(
        new RecstreamError('NOT_RUNNING', 'The pipeline is not running here; start it with `recstream start`.', {
          cause,
        }),
      )
    const asking = request({ socketPath: socket, path: `/${question}`, timeout: 30_000 }, answer => {
      let text = ''
      answer.setEncoding('utf8').on('data', part => (text += part))
      answer.on('error', notRunning)
      answer.on('end', () => {
        const body = parsed(text)
        if (answer.statusCode === 200 && body !== undefined) return resolve(body as T)
        const why = body === undefined ? 'its answer is no JSON' : (body as { message?: string } | null)?.message
        reject(new RecstreamError('WAREHOUSE_FAILED', `The running pipeline could not answer: ${why}`))
      })
    })
    asking.on('timeout', () => asking.destroy(new Error('no answer within 30 s')))
    asking.on('error', notRunning)
    asking.end()
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
