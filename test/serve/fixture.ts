import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import movielens from '../../pipelines/movielens/index.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import type { Log, LogRecord } from '../../src/log/log.ts'
import type { PipelineDefinition } from '../../src/records/definition.ts'
import type { Answer, Question, Standing } from '../../src/records/question.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { openOperations } from '../../src/run/operations.ts'
import { createMetrics } from '../../src/serve/metrics.ts'
import { defaultLimits, type Limits, type ServeOptions } from '../../src/serve/options.ts'
import { type HttpServer, openHttpServer } from '../../src/serve/server.ts'
import { createService, type Service } from '../../src/serve/service.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'

export const topics = topicsOf('movielens')
const definition: PipelineDefinition = {
  ...movielens,
  arms: [
    { name: 'rated', policy: 'champion', share: 1 },
    { name: 'planned', policy: 'ddpg-la', share: 1 },
  ],
}
export const standing: Standing = {
  position: 41,
  eventTime: 1_700_000_000_000,
  modelVersion: 3,
  champion: 'ensemble',
  users: 2,
  items: 2,
  behind: 0,
}

/** Answers as a learner would that knows the items a and b; what it was asked is kept. */
export function answering(asked: Question[] = []) {
  return {
    async ask(question: Question): Promise<Answer> {
      asked.push(question)
      if (question.kind === 'standing') return { kind: 'standing', standing }
      if ('filter' in question && question.filter?.text === 'item.') {
        return { kind: 'refused', message: 'The filter ends too early.', standing }
      }
      if (question.kind === 'rank') {
        const items = question.itemIds.map(itemId => ({ itemId, score: null, reason: 'not known', allowed: false }))
        return { kind: 'ranked', items, explanations: null, standing }
      }
      if (question.kind === 'list' || question.kind === 'session') {
        const { userId } = question
        const recommendationId = `movielens-41-${userId}`
        if (question.unless === recommendationId) return { kind: 'same', recommendationId, standing }
        const place = { time: 1_700_000_000_000, sequence: 41, partition: 0, offset: 7, modelVersion: 3 }
        const items = [{ itemId: 'a', score: 0.5, propensity: 1, reason: 'watched by many' }]
        const list = { recommendationId, userId, ...place, policy: 'ensemble', arm: 'champion', items, short: null }
        return { kind: 'list', list, explanations: question.explain ? [{ why: 'a' }] : null, standing }
      }
      if (question.kind === 'similar' && question.itemId !== 'a') return { kind: 'unknown-item', standing }
      return { kind: 'items', items: [{ itemId: 'b', title: 'B', score: 0.5 }], standing }
    },
  }
}

export interface Running {
  url: string
  server: HttpServer
  service: Service
  log: Log
  asked: Question[]
  faults: unknown[]
  /** Ask; the body of the answer as JSON where it is some. */
  ask(
    path: string,
    init?: RequestInit,
  ): Promise<{ status: number; headers: Headers; body: ReturnType<typeof JSON.parse> }>
  /** What stands on a topic, once there are this many records. */
  records(topic: string, atLeast: number): Promise<LogRecord[]>
  close(): Promise<void>
}

/** A real server on a free port, over a real log in a folder of its own. */
export async function running(
  given: Partial<Omit<ServeOptions, 'limits'>> & {
    limits?: Partial<Limits>
    learner?: Pick<Parameters<typeof createService>[0], 'learner'>['learner']
    log?: (log: Log) => Log
    /** Make the tables, empty. */
    tables?: true
  } = {},
): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-serve-'))
  const opened = await openEmbeddedLog({ folder })
  await opened.ensureTopics(topicSpecs('movielens', 2))
  const log = given.log?.(opened) ?? opened
  const layout = layoutOf(folder, 'movielens')
  if (given.tables) {
    const { warehouse: file, snapshots, archive } = layout
    await (await openWarehouse({ file, snapshots, archive, pipeline: 'movielens' })).close()
  }
  const operations = openOperations({ definition, log, layout })
  const asked: Question[] = []
  const faults: unknown[] = []
  const limits = { ...defaultLimits, ...given.limits }
  let ids = 0
  const service = createService({
    ...{ definition, log, operations, learner: given.learner ?? answering(asked), limits, metrics: createMetrics() },
    ...{ others: [], process: 'test', newId: () => `id-${++ids}` },
  })
  const server = await openHttpServer({
    ...{
      address: { host: '127.0.0.1', port: 0 },
      anyPort: false,
      version: '0.0.0',
      tokens: null,
      tls: null,
      origins: [],
      ...given,
    },
    ...{ limits, service, clock: Date.now, onFault: error => faults.push(error) },
  })
  const url = `http://127.0.0.1:${server.address.port}`
  return {
    ...{ url, server, service, log, asked, faults },
    async ask(path, init) {
      const response = await fetch(url + path, init)
      const text = await response.text()
      const isJson = /json/.test(response.headers.get('content-type') ?? '')
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
    },
    async records(topic, atLeast) {
      const ranges = await opened.ranges(topic)
      const reader = await opened.reader(ranges.map(({ partition, first }) => ({ topic, partition, offset: first })))
      const found: LogRecord[] = []
      while (found.length < atLeast) found.push(...(await reader.read(1_000)))
      await reader.close()
      return found
    },
    async close() {
      await server.stop()
      await service.close()
      operations.close()
      await opened.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A request with a JSON body. */
export function json(method: string, body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }
}
