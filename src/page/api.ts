import { askForToken, storedToken } from './token.ts'

/** What the service refuses, in its own sentence. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/**
 * Ask the service; a token is asked for where one is needed.
 *
 *     await ask<Status>('/v1/status', { signal })
 */
export async function ask<T>(
  path: string,
  { body, signal }: { body?: unknown; signal?: AbortSignal } = {},
): Promise<T> {
  for (;;) {
    const token = storedToken()
    const answer = await fetch(path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
    if (answer.ok) return (await answer.json()) as T
    const problem = (await answer.json().catch(() => null)) as { detail?: string } | null
    const why = problem?.detail ?? `The service answered ${answer.status}.`
    const lacksToken = answer.status === 401 || (answer.status === 403 && token !== null)
    if (!lacksToken || !(await askForToken(why))) throw new Refused(answer.status, why)
  }
}

export interface Table {
  columns: { name: string; type: string }[]
  rows: unknown[][]
  truncated: boolean
}

export interface Answers {
  asOf: { sequence: number; time: number } | null
  ageMs: number
  answers: Table[]
}

/** Ask the tables: statements in one request, all as of one event. */
export function askSql(
  statements: readonly string[],
  { params = {}, signal }: { params?: Record<string, string | number>; signal?: AbortSignal } = {},
): Promise<Answers> {
  const body = { query: statements.join(';\n'), params }
  return ask('/v1/sql', signal === undefined ? { body } : { body, signal })
}

export interface Status {
  pipeline: string
  log: string
  ingest: { eventsRead: number; perSecond: number; sequence: number; publishedSequence: number } | null
  tables: { eventsKept: number; rejected: Record<string, number>; recommendations: number } | null
  partitions: { topic: string; partition: number; end: number; next: number; lag: number }[] | null
  learner: {
    position: number
    eventTime: number
    modelVersion: number
    champion: string
    users: number
    items: number
    behind: number
  } | null
  arms: { name: string; policy: string; share: number }[]
  newest: {
    version: number
    champion: string
    step: number
    scores: { policy: string; metric: string; value: number; events: number }[]
    served: { arm: string; span: string; events: number; hr10: number }[]
  } | null
}
