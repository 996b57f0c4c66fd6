import { RecstreamError } from '../errors.ts'

/** A schema's number, or its GUID as text. */
export type SchemaId = number | string

/** A schema as a registry holds it. */
export interface RegisteredSchema {
  /** `AVRO`, `JSON` or `PROTOBUF`; a registry may know more. */
  type: string
  /** Avro and JSON Schema: their text. Protobuf: a FileDescriptorProto in base64, where the registry can give that. */
  text: string
  /** It refers to schemas of other subjects. */
  refers: boolean
  /** Files that a Protobuf schema imports, by name, as descriptors in base64. */
  imports: Readonly<Record<string, string>>
}

/** Where the writer's schema behind a framed value is looked up. */
export interface SchemaRegistry {
  /** A schema, or null where the registry knows none by this id; SCHEMA_UNKNOWN if it cannot be asked. */
  schema(id: SchemaId): Promise<RegisteredSchema | null>
}

interface SchemaRegistryOptions {
  /** Give up on an answer after this long, ms (default 5,000). */
  timeoutMs?: number
  /** Once it could not be asked, ask again after this long at the earliest, ms (default 1,000). */
  pauseMs?: number
  /** Milliseconds, for the pause. */
  clock?: () => number
  /** Remember at most this many schemas (default 1,000); the one asked for least recently goes first. */
  capacity?: number
}

const maxAnswer = 1 << 20
const notUnderstood: readonly number[] = [400, 404, 422, 501]
/** Files that one Protobuf schema may import, those of its imports included. */
const maxImports = 50

/**
 * A client of a schema registry that speaks Confluent's interface; user and password may stand in the address.
 *
 *     await createSchemaRegistry('http://user:secret@registry:8081').schema(42)   // { type: 'AVRO', text: '{"type":"record",…}' }
 *
 * Found schemas never change and are remembered; an unknown id is asked for again, since it may be registered later. While the
 * registry is away it hears of nobody but one request a second: whoever asks between them gets the last error again.
 */
export function createSchemaRegistry(address: string, options: SchemaRegistryOptions = {}): SchemaRegistry {
  const { timeoutMs = 5_000, capacity = 1_000, pauseMs = 1_000, clock = () => performance.now() } = options
  const { base, headers } = parseAddress(address)
  const known = new Map<SchemaId, RegisteredSchema>()
  const through = turnstile(pauseMs, clock)
  const get: Get = (path, perhaps) => through(() => ask(`${base}${path}`, headers, timeoutMs, perhaps))

  return {
    async schema(id) {
      const remembered = known.get(id)
      if (remembered !== undefined) {
        known.delete(id)
        known.set(id, remembered)
        return remembered
      }
      const schema = await registered(`/schemas/${typeof id === 'number' ? 'ids' : 'guids'}/${id}`, get)
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

/**
 * Lets requests through side by side while they are answered. One that fails shuts it; then, and at first, one request at a
 * time finds out whether it opens, and none within a pause after a failure.
 */
function turnstile(pauseMs: number, clock: () => number): <T>(request: () => Promise<T>) => Promise<T> {
  let open = false
  let failure: { error: unknown; at: number } | null = null
  let trying: Promise<unknown> | null = null

  async function tried<T>(request: () => Promise<T>): Promise<T> {
    try {
      const answer = await request()
      open = true
      failure = null
      return answer
    } catch (error) {
      open = false
      failure = { error, at: clock() }
      throw error
    }
  }

  return async request => {
    while (!open) {
      if (failure !== null && clock() < failure.at + pauseMs) throw failure.error
      if (trying === null) {
        const trial = tried(request)
        trying = trial.catch(() => {})
        try {
          return await trial
        } finally {
          trying = null
        }
      }
      await trying
    }
    return tried(request)
  }
}

/** `perhaps`: that a registry does not understand the request is an answer too, null. */
type Get = (path: string, perhaps?: boolean) => Promise<Record<string, unknown> | null>

/** A schema in the form that it can be read by itself: what it refers to goes into an Avro schema, and beside a Protobuf one. */
async function registered(path: string, get: Get): Promise<RegisteredSchema | null> {
  const answer = await get(path)
  if (answer === null) return null
  const type = typeof answer.schemaType === 'string' ? answer.schemaType : 'AVRO'
  const refers = referencesOf(answer).length > 0
  const format = type === 'PROTOBUF' ? 'serialized' : type === 'AVRO' && refers ? 'resolved' : null
  const given = format === null ? answer : ((await get(`${path}?format=${format}`, true)) ?? answer)
  const imports: Record<string, string> = Object.create(null)
  if (type === 'PROTOBUF') await addImports(answer, imports, get)
  return { type, text: given.schema as string, refers, imports }
}

async function addImports(answer: Record<string, unknown>, imports: Record<string, string>, get: Get): Promise<void> {
  for (const { name, subject, version } of referencesOf(answer)) {
    if (name in imports || Object.keys(imports).length >= maxImports) continue
    const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}?format=serialized`
    const imported = await get(path, true)
    if (imported === null) continue
    imports[name] = imported.schema as string
    await addImports(imported, imports, get)
  }
}

interface Reference {
  name: string
  subject: string
  version: number
}

function referencesOf({ references }: Record<string, unknown>): Reference[] {
  const isReference = (each: Partial<Reference> | null): each is Reference =>
    typeof each?.name === 'string' && typeof each.subject === 'string' && Number.isInteger(each.version)
  return Array.isArray(references) ? references.filter(isReference) : []
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

/** What the registry answers, a schema in it; null where it has none. */
async function ask(
  url: string,
  headers: Record<string, string>,
  timeoutMs: number,
  perhaps = false,
): Promise<Record<string, unknown> | null> {
  let status: number
  let answer: Record<string, unknown>
  try {
    const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
    status = response.status
    answer = fields(await bounded(response))
  } catch (cause) {
    throw failed(url, 'cannot be reached', cause)
  }
  if (status === 200 && typeof answer.schema === 'string') return answer
  // 404 alone may be a wrong path, which must not turn every record into a dead letter; 404xx is the registry speaking.
  if (status === 404 && Math.floor(Number(answer.error_code) / 100) === 404) return null
  if (perhaps && notUnderstood.includes(status)) return null
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
