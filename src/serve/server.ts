import { isUtf8 } from 'node:buffer'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { RecstreamError } from '../errors.ts'
import { parentHeader, stateHeader, traceFrom } from '../records/trace.ts'
import type { Address } from './address.ts'
import { createCors } from './cors.ts'
import { documentOf } from './document.ts'
import { clientFailure, failureOf } from './failures.ts'
import { createGate, TooMany } from './gate.ts'
import { inTime } from './in-time.ts'
import { listen } from './listen.ts'
import type { ServeOptions } from './options.ts'
import { pageFiles } from './page.ts'
import { methodsAt } from './paths.ts'
import { type Problem, problemOf, problemType } from './problem.ts'
import type { Asked, Reply, Route } from './route.ts'
import { routes } from './routes.ts'
import type { Service } from './service.ts'
import { createCheck } from './validate.ts'

export interface HttpOptions extends ServeOptions {
  service: Service
  /** Wall clock, ms. */
  clock: () => number
  /** Something went wrong here that is no fault of a request. */
  onFault: (error: unknown, requestId: string) => void
}

export interface HttpServer {
  address: Address
  /** Finish what is in flight and take nothing new; cut off after the limit. */
  stop(): Promise<void>
}

/** Longest path and headers together, as Node takes them; ids may be long once they are percent-encoded. */
const headerBytes = 32 * 1024

/** Answer requests at an address. */
export async function openHttpServer(options: HttpOptions): Promise<HttpServer> {
  const { service, limits, origins, tls, clock, onFault } = options
  const { metrics, newId, definition } = service
  let stopping = false
  let inFlight = 0
  const page = pageFiles()
  const fixed = new Set(['/openapi.json', ...page.map(({ path }) => path)])
  const gate = createGate(options)
  const cors = createCors(origins)
  const http = { maxHeaderSize: headerBytes, connectionsCheckingInterval: Math.min(1_000, limits.arrivalMs / 4) }
  const app = fastify({
    ...(tls === null ? { http } : { https: { ...http, ...tls } }),
    bodyLimit: limits.body,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: ({ headers }) => idFrom(headers['x-request-id']) ?? newId(),
    routerOptions: { maxParamLength: headerBytes },
    clientErrorHandler: (error, socket) => refuseClient(error, socket, newId()),
    frameworkErrors: (error, request, reply) => fail(error, request, reply as never),
  }) as FastifyInstance

  const fail = (error: unknown, { id }: { id: string }, reply: FastifyReply) => {
    const problem = problemOf(failureOf(error), id)
    if (problem.code === 'INTERNAL') onFault(error, id)
    const { refused } = error as { refused?: unknown }
    void reply.code(problem.status).headers(headersOf(problem, error)).type(problemType)
    return reply.send(JSON.stringify(refused === undefined ? problem : { ...problem, refused }))
  }

  app.removeContentTypeParser('text/plain')
  const json = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (isUtf8(body)) json(request, body.toString(), done)
    else done(new RecstreamError('REQUEST_INVALID', 'The body is not UTF-8.'))
  })
  app.setValidatorCompiler(({ schema, httpPart }) => {
    const check = createCheck(schema as object, httpPart as 'params' | 'querystring' | 'body')
    return value => {
      try {
        check(value)
        return { value }
      } catch (error) {
        return { error: error as Error }
      }
    }
  })

  app.addHook('onRequest', async (request, reply) => {
    const { raw, headers, id, method } = request
    const { url = '/unknown', config } = request.routeOptions
    const began = performance.now()
    inFlight += 1
    metrics.inFlight.set(inFlight)
    reply.raw.once('close', () => {
      inFlight -= 1
      metrics.inFlight.set(inFlight)
      const labels = { route: url, method, status: reply.raw.writableFinished ? reply.raw.statusCode : 499 }
      metrics.requests.inc(labels)
      metrics.durations.observe(labels, (performance.now() - began) / 1_000)
    })
    void reply.headers({ 'x-request-id': id, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
    if (stopping) void reply.header('connection', 'close')
    const asksFirst = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
    const allowed = cors(headers.origin, asksFirst ? methodsAt(routes, fixed, request.url).join(', ') : null)
    if (allowed !== null) void reply.headers(allowed)
    if (allowed !== null && asksFirst) return reply.code(204).send()
    // Before a body is looked at, of which the method may know nothing.
    if (request.is404) throw notFound(methodsAt(routes, fixed, request.url), reply)
    const { access } = config as { access?: Route['access'] }
    if (access === null || access === undefined) return
    if (stopping) throw new RecstreamError('SERVER_BUSY', 'The service is stopping; ask another one.')
    if (inFlight > limits.concurrency) throw new RecstreamError('SERVER_BUSY', 'Too many requests are in work here.')
    const address = raw.socket.remoteAddress ?? 'local'
    gate({ host: headers.host, authorization: headers.authorization, address }, access, performance.now())
  })
  app.setErrorHandler(fail)
  for (const each of routes) {
    app.route({
      method: each.method,
      url: each.path.replaceAll('{id}', ':id'),
      exposeHeadRoute: each.access === null,
      config: { access: each.access },
      schema: schemasOf(each),
      handler: async (request, reply) => {
        const ending = new AbortController()
        reply.raw.once('close', () => ending.abort())
        const answer = await inTime(
          each.handle({ ...askedOf(request, clock()), signal: ending.signal }, service),
          Math.max(limits.requestMs, each.takesMs ?? 0),
        )
        if (answer !== null) return send(reply, answer)
        ending.abort()
        throw new RecstreamError('SERVER_BUSY', 'It took too long here; try again in a moment.')
      },
    })
  }
  const about = { pipeline: definition.name, version: options.version, tokens: options.tokens !== null }
  const document = JSON.stringify(documentOf(routes, about))
  app.get('/openapi.json', { exposeHeadRoute: true, config: { access: null } }, async (_, reply) =>
    reply.type('application/json; charset=utf-8').send(document),
  )
  for (const { path, headers, etag, body } of page) {
    app.get(path, { exposeHeadRoute: true, config: { access: null } }, async (request, reply) => {
      void reply.headers(headers)
      return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.send(body)
    })
  }
  await app.ready()
  const server = app.server as Server
  server.headersTimeout = limits.arrivalMs / 2
  server.requestTimeout = limits.arrivalMs
  server.keepAliveTimeout = 5_000
  server.timeout = limits.arrivalMs + Math.max(limits.requestMs, ...routes.map(({ takesMs = 0 }) => takesMs))
  server.maxConnections = 2 * limits.concurrency
  const address = await listen(server, options)
  return {
    address,
    async stop() {
      stopping = true
      const closed = new Promise<true>(resolve => server.close(() => resolve(true)))
      server.closeIdleConnections()
      if ((await inTime(closed, limits.drainMs)) === null) server.closeAllConnections()
      await closed
      await app.close()
    },
  }
}

function notFound(methods: readonly string[], reply: FastifyReply): RecstreamError {
  if (methods.length === 0) {
    return new RecstreamError('NOT_FOUND', 'There is nothing at this path; /openapi.json lists all there is.')
  }
  void reply.header('allow', methods.join(', '))
  return new RecstreamError('METHOD_NOT_ALLOWED', `This takes ${methods.join(', ')}.`)
}

function schemasOf({ params, query, body, checksItself }: Route): object {
  return {
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(body === undefined || checksItself ? {} : { body }),
  }
}

function askedOf(
  { params, query, body, headers }: FastifyRequest,
  now: number,
): Omit<Asked<never, never, never>, 'signal'> {
  return {
    params: params as never,
    query: query as never,
    body: body as never,
    has: tagsOf(headers['if-none-match']),
    now,
    trace: traceFrom(textIn(headers[parentHeader]), textIn(headers[stateHeader])),
  }
}

function send(reply: FastifyReply, { status, body, headers }: Reply): FastifyReply {
  void reply.code(status)
  if (headers !== undefined) void reply.headers(headers)
  return reply.send(body)
}

/** Node gives a header that came several times as one text, but for a few of its own. */
function textIn(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header
}

/** Ids in an If-None-Match. */
function tagsOf(header: string | undefined): string[] {
  return [...(header ?? '').matchAll(/"([^"]*)"/g)].flatMap(([, tag]) => {
    try {
      return [decodeURIComponent(tag!)]
    } catch {
      return []
    }
  })
}

/** An id that the asker gave the request, where it is one that can stand in any log. */
function idFrom(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && /^[\w.:-]{1,100}$/.test(header) ? header : null
}

function headersOf({ code, status }: Problem, error: unknown): Record<string, string> {
  const wait = error instanceof TooMany ? Math.ceil(error.waitMs / 1_000) : 1
  return {
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(status === 503 || code === 'TOO_MANY_REQUESTS' ? { 'retry-after': String(wait) } : {}),
  }
}

function refuseClient(error: NodeJS.ErrnoException, socket: Socket, id: string): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const { status, ...problem } = problemOf(clientFailure(error), id)
  const body = JSON.stringify({ ...problem, status })
  const head = [
    `HTTP/1.1 ${status} ${status === 408 ? 'Request Timeout' : 'Bad Request'}`,
    ...[`content-type: ${problemType}`, `content-length: ${Buffer.byteLength(body)}`, 'connection: close'],
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
