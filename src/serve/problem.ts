import { type ErrorCode, RecstreamError } from '../errors.ts'

/** An error as RFC 9457 has it, with our code beside. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: ErrorCode
  requestId: string
}

export const problemType = 'application/problem+json'

const statuses: Partial<Record<ErrorCode, readonly [status: number, title: string]>> = {
  REQUEST_INVALID: [400, 'The request is wrong'],
  FILTER_INVALID: [400, 'The filter is wrong'],
  RECORD_INVALID: [400, 'The record is wrong'],
  SQL_INVALID: [422, 'The query is wrong'],
  SQL_FORBIDDEN: [422, 'The query may not do this'],
  SQL_LIMIT: [422, 'The query asks for too much'],
  UNAUTHORIZED: [401, 'A token is needed'],
  FORBIDDEN: [403, 'Not allowed'],
  NOT_FOUND: [404, 'Nothing is here'],
  ITEM_UNKNOWN: [404, 'The item is not known'],
  METHOD_NOT_ALLOWED: [405, 'Another method is needed'],
  REQUEST_TIMEOUT: [408, 'It took too long'],
  REQUEST_TOO_LARGE: [413, 'Too large'],
  RECORD_TOO_LARGE: [413, 'Too large'],
  MEDIA_TYPE_UNKNOWN: [415, 'JSON is needed'],
  TOO_MANY_REQUESTS: [429, 'Too many requests'],
  SERVER_BUSY: [503, 'Too busy'],
  NOT_RUNNING: [503, 'The pipeline does not answer'],
  WAREHOUSE_FAILED: [503, 'The tables do not answer'],
  WAREHOUSE_LOCKED: [503, 'The tables do not answer'],
  LOG_UNAVAILABLE: [503, 'The log does not answer'],
  LOG_STALLED: [503, 'The log does not answer'],
  DISK_FULL: [503, 'The disk is full'],
}

/** What is wrong here, and not with the request: who asks is told no more than that. */
const told: Partial<Record<ErrorCode, string>> = {
  NOT_RUNNING: 'The pipeline is not there yet, or is starting again; try again in a moment.',
  WAREHOUSE_FAILED: 'The tables could not be read; ask again in a moment.',
  WAREHOUSE_LOCKED: 'The tables are in use; ask again in a moment.',
  LOG_UNAVAILABLE: 'The log does not answer; send it again in a moment: what has an eventId counts once.',
  LOG_STALLED: 'The log does not answer; send it again in a moment: what has an eventId counts once.',
  DISK_FULL: 'The disk of the service is full; try again when there is room.',
}

const failed = 'The service failed at this; its own log has the reason under the id of the request.'

export function statusOf(code: ErrorCode): number {
  return statuses[code]?.[0] ?? 500
}

/**
 * Any error as a problem.
 *
 *     problemOf(new RecstreamError('ITEM_UNKNOWN', 'No record of the item "7" has come.'), 'req-1').status   // 404
 */
export function problemOf(error: unknown, requestId: string): Problem {
  const code = error instanceof RecstreamError && statuses[error.code] !== undefined ? error.code : 'INTERNAL'
  const [status, title] = statuses[code] ?? [500, 'The service failed']
  const detail = code === 'INTERNAL' ? failed : (told[code] ?? (error as RecstreamError).message)
  return { type: `urn:recstream:error:${code}`, title, status, detail, code, requestId }
}
