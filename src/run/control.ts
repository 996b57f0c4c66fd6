import { existsSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { RecstreamError, thrownText } from '../errors.ts'
import { listenPrivately } from '../learner/door/listen-privately.ts'

/** What the processes of a pipeline answer on their local sockets; the owner of the warehouse all of it. */
export type ControlHandlers = Partial<Record<'snapshot' | 'status' | 'metrics' | 'decided', () => Promise<unknown>>>

/** More than that many at once are let go; the process has files of its own to open. */
const callers = 64

/**
 * Answer on a local socket that only this user can reach. Whatever is asked there, and however, the process goes on; who has
 * not asked after `patienceMs` is let go.
 *
 *     const control = await serveControl(layout.control, { status: async () => ({ sequence: 7 }), … })
 */
export async function serveControl(
  socket: string,
  handlers: ControlHandlers,
  { patienceMs = 5_000 }: { patienceMs?: number } = {},
): Promise<{ close(): Promise<void> }> {
  const { createServer } = await import('node:http')
  const server = createServer(
    { headersTimeout: patienceMs, requestTimeout: patienceMs, connectionsCheckingInterval: patienceMs / 5 },
    (incoming, outgoing) => {
      outgoing.on('error', () => {})
      answerTo(incoming, handlers).then(({ status, text }) => {
        // What else comes over this connection is not read.
        outgoing.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(text)
      })
    },
  )
  server.maxConnections = callers
  await listenPrivately(server, socket)
  return {
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answerTo(
  { method, url = '/' }: IncomingMessage,
  handlers: ControlHandlers,
): Promise<{ status: number; text: string }> {
  const saying = (status: number, message: string) => ({ status, text: JSON.stringify({ message }) })
  const question = url.slice(1)
  if (!Object.hasOwn(handlers, question)) return saying(404, 'There is no such question.')
  if (method !== 'GET') return saying(405, 'A question is asked by GET.')
  try {
    return { status: 200, text: JSON.stringify(await handlers[question as keyof ControlHandlers]!()) }
  } catch (error) {
    return saying(500, error instanceof Error ? error.message : thrownText(error))
  }
}

/** Ask the running pipeline; NOT_RUNNING when nobody answers on the socket, or ends while answering. */
export async function askControl<T>(socket: string, question: keyof ControlHandlers): Promise<T> {
  // A pipeline's end removes its socket; and `sql` need not load what it would ask by.
  if (process.platform !== 'win32' && !existsSync(socket)) throw notRunningHere()
  const { request } = await import('node:http')
  return new Promise((resolve, reject) => {
    const notRunning = (cause: unknown) => reject(notRunningHere(cause))
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

function notRunningHere(cause?: unknown): RecstreamError {
  return new RecstreamError('NOT_RUNNING', 'The pipeline is not running here; start it with `recstream start`.', {
    cause,
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
