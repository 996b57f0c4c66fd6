import type { FastifyError } from 'fastify'
import { RecstreamError } from '../errors.ts'

/** What the framework says of a request, in our words. */
const known: Readonly<Record<string, () => RecstreamError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () =>
    new RecstreamError('REQUEST_TOO_LARGE', 'The body is longer than this service takes.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new RecstreamError('MEDIA_TYPE_UNKNOWN', 'Send JSON, with Content-Type: application/json.'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new RecstreamError('REQUEST_INVALID', 'The body is empty; send JSON.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new RecstreamError('REQUEST_INVALID', 'The body is not as long as Content-Length says.'),
  FST_ERR_BAD_URL: () => new RecstreamError('REQUEST_INVALID', 'The path is not percent-encoded as it must be.'),
}

/** Any failure of a request as an error of ours; what is nobody's fault but ours stays what it is. */
export function failureOf(error: unknown): unknown {
  if (error instanceof RecstreamError) return error
  const { code = '', statusCode = 500 } = error as Partial<FastifyError>
  if (known[code] !== undefined) return known[code]()
  if (statusCode >= 400 && statusCode < 500) return new RecstreamError('REQUEST_INVALID', 'The request cannot be read.')
  return error
}

/** What came over a connection and is no request. */
export function clientFailure({ code }: NodeJS.ErrnoException): RecstreamError {
  if (code === 'HPE_HEADER_OVERFLOW') return new RecstreamError('REQUEST_TOO_LARGE', 'The headers are too long.')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new RecstreamError('REQUEST_TIMEOUT', 'The request came too slowly.')
  return new RecstreamError('REQUEST_INVALID', 'This is no HTTP request.')
}
