import { RecstreamError } from '../errors.ts'

/** Where the writer's schema behind a Confluent-framed value is looked up. */
export interface SchemaRegistry {
  /** A schema's text, or null where the registry knows no Avro schema by this id; SCHEMA_UNKNOWN if it cannot be asked. */
  schema(id: number): Promise<string | null>
}

interface SchemaRegistryOptions {
  /** Give up on an answer after this long, ms (default 5,000). */
  timeoutMs?: number
  /** Remember at most this many schemas (default 1,000); the one asked for least recently goes first. */
  capacity?: number
}

const maxAnswer = 1 << 20

/**
 * A client of a schema registry that speaks Confluent's interface; user and password may stand in the address.
 *
 *     await createSchemaRegistry('http://user:secret@registry:8081').schema(42)   // '{"type":"record",…}'
 *
 * Found schemas never change and are remembered; an unknown id is asked for again, since it may be registered later.
 */
export function createSchemaRegistry(address: string, options: SchemaRegistryOptions = {}): SchemaRegistry {
  const { timeoutMs = 5_000, capacity = 1_000 } = options
  const { base, headers } = parseAddress(address)
  const known = new Map<number, string>()

  return {
    async schema(id) {
      const remembered = known.get(id)
      if (remembered !== undefined) {
        known.delete(id)
        known.set(id, remembered)
        return remembered
      }
      const schema = await ask(`${base}/schemas/ids/${id}`, headers, timeoutMs)
      if (schema === null) return null
      known.set(id, schema)
      for (const oldest of known.keys()) {
        if (known.size <= capacity) break
        known.delete(oldest)
      }
      return schema
    },
  }
}

function parseAddress(address: string): { base: string; headers: Record<string, string> } {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    throw new RecstreamError(
      'CONFIG_INVALID',
      'The schema registry’s address is not a URL; give one like http://host:8081.',
    )
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new RecstreamError('CONFIG_INVALID', 'The schema registry’s address must begin with http:// or https://.')
  const headers: Record<string, string> = { accept: 'application/vnd.schemaregistry.v1+json, application/json' }
  if (url.username !== '' || url.password !== '') {
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
    headers.authorization = `Basic ${Buffer.from(login).toString('base64')}`
  }
  return { base: `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`, headers }
}

async function ask(url: string, headers: Record<string, string>, timeoutMs: number): Promise<string | null> {
  let status: number
  let answer: Record<string, unknown>
  try {
    const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
    status = response.status
    answer = fields(await bounded(response))
  } catch (cause) {
    throw failed(url, 'cannot be reached', cause)
  }
  if (status === 200 && typeof answer.schema === 'string') {
    const kind = answer.schemaType
    return kind === undefined || kind === 'AVRO' ? answer.schema : null
  }
  // 404 alone may be a wrong path, which must not turn every record into a dead letter; 404xx is the registry speaking.
  if (status === 404 && Math.floor(Number(answer.error_code) / 100) === 404) return null
  throw failed(url, `answers with status ${status}`)
}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength
    if (length > maxAnswer) throw new Error('the answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function fields(text: string): Record<string, unknown> {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function failed(url: string, what: string, cause?: unknown): RecstreamError {
  const message = `The schema registry ${what} (${url}); check its address, login and network.`
  return new RecstreamError('SCHEMA_UNKNOWN', message, { cause })
}
