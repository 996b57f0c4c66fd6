import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { json, type Running, running } from './fixture.ts'

interface Operation {
  parameters: { name: string; in: string }[]
  requestBody?: unknown
  responses: Record<string, { content?: Record<string, { schema: object }> }>
}
interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: object
}

let http: Running
let document: Document
beforeAll(async () => {
  http = await running({ tables: true })
  document = (await http.ask('/openapi.json')).body as Document
})
afterAll(() => http.close())

const event = { userId: 'ann', itemId: 'a', behaviour: 'rate', time: 1_700_000_000_000, value: 4 }
const bodies: Record<string, object> = {
  'post /v1/users/{id}/recommendations': { count: 2, filter: 'item.price < params.max', params: { max: 9 } },
  'post /v1/recommendations': { userIds: ['ann', 'bob'] },
  'post /v1/sessions/recommendations': { events: [{ itemId: 'a', behaviour: 'rate', value: 3 }] },
  'post /v1/rank': { userId: 'ann', itemIds: ['a', 'z'] },
  'post /v1/events': [event],
  'put /v1/items/{id}': { title: 'A', tags: ['drama'] },
  'put /v1/users/{id}': { attributes: { city: 'Köln' } },
  'post /v1/users/{id}/merge': { into: 'b' },
  'post /v1/sql': { query: 'select $n + 1 as n', params: { n: 1 } },
  'post /v1/arms/shares': { shares: { rated: 1, planned: 3 } },
  'post /v1/arms/promote': { arm: 'planned', reason: 'ahead' },
  'post /v1/arms/roll-back': {},
  'post /v1/models/roll-back': { version: 40_000 },
  'post /v1/dead-letters/replay': { reason: 'invalid' },
}
/** Requests that are wrong each in their own way. */
const wrongs: [query: string, body: unknown][] = [
  ['?count=many', {}],
  ['?nothing=1', { nothing: 1 }],
  ['', []],
  ['', 'text'],
]

test('each route answers as the document says, to what is right and to what is wrong', async () => {
  expect(document.openapi).toBe('3.1.0')
  const ajv = new Ajv2020({ strict: false, schemas: { '/document': { $id: '/document', ...document } } })
  const agree = (
    operation: Operation,
    { status, headers, body }: Awaited<ReturnType<Running['ask']>>,
    what: string,
  ) => {
    const said = operation.responses[status]
    expect(said, `${what} → ${status} ${JSON.stringify(body)}`).toBeDefined()
    const type = headers.get('content-type')?.split(';')[0]
    const content = said!.content?.[type ?? '']
    expect([what, content !== undefined]).toEqual([what, said!.content !== undefined])
    if (content === undefined) return
    const schema = JSON.parse(JSON.stringify(content.schema).replaceAll('"#/', '"/document#/'))
    const check = ajv.compile(schema)
    expect([what, check(body), check.errors]).toEqual([what, true, null])
  }
  let asked = 0
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const what = `${method} ${path}`
      const url = path.replace('{id}', 'a')
      const body = bodies[what]
      expect([what, body !== undefined]).toEqual([what, operation.requestBody !== undefined])
      const right = body === undefined ? { method: method.toUpperCase() } : json(method.toUpperCase(), body)
      const answer = await http.ask(url, right)
      expect([what, answer.status < 300]).toEqual([what, true])
      agree(operation, answer, what)
      asked += 1
      for (const [query, wrong] of wrongs) {
        const init = body === undefined ? right : json(method.toUpperCase(), wrong)
        agree(operation, await http.ask(url + query, init), `${what}${query} ${JSON.stringify(wrong)}`)
      }
    }
  }
  expect(asked).toBe(24)
  expect(http.faults).toEqual([])
})
