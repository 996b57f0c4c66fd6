import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createSchemaRegistry } from '../../src/codec/registry.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A registry on a free port that answers as asked; the requests it saw. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const seen: IncomingMessage[] = []
  const server = createServer((request, response) => {
    seen.push(request)
    answer(request, response)
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { seen, port: (server.address() as AddressInfo).port }
}

const json = (response: ServerResponse, status: number, body: unknown) => {
  response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' })
  response.end(JSON.stringify(body))
}

const reference = (name: string) => ({ name, subject: name, version: 1 })

test('gives a schema’s text, and asks once only', async () => {
  const { seen, port } = await serve((_, response) => json(response, 200, { schema: '"string"' }))
  const registry = createSchemaRegistry(`http://127.0.0.1:${port}/registry/`)
  expect(await registry.schema(42)).toEqual({ type: 'AVRO', text: '"string"', refers: false, imports: {} })
  expect(await registry.schema(42)).toMatchObject({ text: '"string"' })
  expect(seen.map(request => request.url)).toEqual(['/registry/schemas/ids/42'])
})

test('forgets the schema asked for least recently when there are too many', async () => {
  const { seen, port } = await serve((_, response) => json(response, 200, { schema: '"string"' }))
  const registry = createSchemaRegistry(`http://127.0.0.1:${port}`, { capacity: 2 })
  for (const id of [1, 2, 1, 3, 1, 2]) await registry.schema(id)
  expect(seen.map(request => request.url?.split('/').at(-1))).toEqual(['1', '2', '3', '2'])
})

test('an unknown id is null, and is asked for again, since it may be registered later', async () => {
  let known = false
  const { port } = await serve((_, response) =>
    known ? json(response, 200, { schema: '"int"' }) : json(response, 404, { error_code: 40403, message: 'not found' }),
  )
  const registry = createSchemaRegistry(`http://127.0.0.1:${port}`)
  expect(await registry.schema(7)).toBeNull()
  known = true
  expect(await registry.schema(7)).toMatchObject({ text: '"int"' })
})

test('asks by GUID too, and for an Avro schema that refers to others in one piece', async () => {
  const { seen, port } = await serve(({ url }, response) =>
    json(response, 200, {
      schema: url?.includes('resolved') ? '"long"' : '"Other"',
      references: [{}, reference('Other')],
    }),
  )
  const registry = createSchemaRegistry(`http://127.0.0.1:${port}`)
  expect(await registry.schema('cc0e0e0e-53c1-4a1a-8f1a-000000000001')).toMatchObject({ text: '"long"' })
  const path = '/schemas/guids/cc0e0e0e-53c1-4a1a-8f1a-000000000001'
  expect(seen.map(({ url }) => url)).toEqual([path, `${path}?format=resolved`])
})

test('a Protobuf schema comes as a descriptor, with the files that it imports', async () => {
  const { seen, port } = await serve(({ url }, response) => {
    const references = url?.startsWith('/schemas')
      ? [reference('a.proto')]
      : url?.includes('/a.proto/')
        ? [reference('b/c.proto')]
        : []
    const schema = url?.endsWith('format=serialized') ? `bytes of ${url.split('/')[2]}` : 'syntax = "proto3";'
    json(response, 200, { schemaType: 'PROTOBUF', schema, references })
  })
  expect(await createSchemaRegistry(`http://127.0.0.1:${port}`).schema(7)).toEqual({
    type: 'PROTOBUF',
    text: 'bytes of ids',
    refers: true,
    imports: { 'a.proto': 'bytes of a.proto', 'b/c.proto': 'bytes of b%2Fc.proto' },
  })
  expect(seen).toHaveLength(4)
})

test('a registry that does not know of descriptors gives the text', async () => {
  const { port } = await serve(({ url }, response) =>
    json(response, url?.includes('format') ? 501 : 200, {
      schemaType: 'PROTOBUF',
      schema: 'syntax = "proto3";',
      error_code: 501,
    }),
  )
  expect(await createSchemaRegistry(`http://127.0.0.1:${port}`).schema(7)).toMatchObject({ text: 'syntax = "proto3";' })
})

test('schemas that refer to each other in a circle come to an end', async () => {
  const { port } = await serve((_, response) =>
    json(response, 200, { schemaType: 'PROTOBUF', schema: '', references: [reference('a'), reference('b')] }),
  )
  expect(Object.keys((await createSchemaRegistry(`http://127.0.0.1:${port}`).schema(7))!.imports)).toEqual(['a', 'b'])
})

test('user and password go into the header, never into an error', async () => {
  const { seen, port } = await serve((_, response) => json(response, 401, { error_code: 401 }))
  const registry = createSchemaRegistry(`http://shop:s%40cret@127.0.0.1:${port}`)
  const error = await registry.schema(1).catch(thrown => thrown)
  expect(seen[0]!.headers.authorization).toBe(`Basic ${Buffer.from('shop:s@cret').toString('base64')}`)
  expect(error).toMatchObject({ code: 'SCHEMA_UNKNOWN', retriable: true })
  expect(error.message).toContain('status 401')
  expect(JSON.stringify([error.message, error.stack, String(error.cause)])).not.toMatch(/s@cret|s%40cret|c2hvcD/)
})

test.each<[what: string, answer: (response: ServerResponse) => void]>([
  ['an error', response => json(response, 500, {})],
  ['a 404 that is not the registry’s own, as from a wrong path', response => json(response, 404, { error_code: 404 })],
  ['a page', response => response.end('<html>')],
  ['an object without a schema', response => json(response, 200, {})],
  ['a redirect', response => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ['more than a megabyte', response => json(response, 200, { schema: 'x'.repeat(2 << 20) })],
  ['half an answer', response => response.writeHead(200, { 'content-length': '100' }).write('{') && response.destroy()],
  ['nothing in time', () => {}],
])('%s is SCHEMA_UNKNOWN, which can be tried again', async (_, answer) => {
  const { port } = await serve((_, response) => answer(response))
  const registry = createSchemaRegistry(`http://127.0.0.1:${port}`, { timeoutMs: 300 })
  await expect(registry.schema(1)).rejects.toMatchObject({ code: 'SCHEMA_UNKNOWN', retriable: true })
})

test('nobody at the address is SCHEMA_UNKNOWN', async () => {
  const { port } = await serve(() => {})
  closers.pop()!()
  const registry = createSchemaRegistry(`http://127.0.0.1:${port}`)
  await expect(registry.schema(1)).rejects.toMatchObject({ code: 'SCHEMA_UNKNOWN' })
})

test.each(['registry:8081', 'ftp://registry', ''])('%j is not an address', address => {
  expect(() => createSchemaRegistry(address)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
})

test('while it is away it hears of one request a pause, however many ask, and all of them again once it answers', async () => {
  let away = true
  let now = 0
  const { seen, port } = await serve((_, response) =>
    away ? json(response, 503, {}) : json(response, 200, { schema: '"string"' }),
  )
  const registry = createSchemaRegistry(`http://127.0.0.1:${port}`, { pauseMs: 1_000, clock: () => now })
  const askAll = () =>
    Promise.allSettled(Array.from({ length: 20 }, (_, id) => registry.schema(id))).then(
      answers => answers.filter(({ status }) => status === 'fulfilled').length,
    )
  for (; now < 3_000; now += 50) expect(await askAll()).toBe(0)
  expect(seen).toHaveLength(3)
  away = false
  expect(await askAll()).toBe(20)
})
