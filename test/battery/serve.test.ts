import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { routes } from '../../src/serve/routes.ts'
import { seededRandom } from '../../src/state/random.ts'
import { type Command, killAll } from '../promises/command.ts'
import { startServed } from '../promises/served-shop.ts'

// Whatever is asked of a pipeline that runs, nothing is answered by 500 and nothing ends. RECSTREAM_SCHEMATHESIS may name the
// program of that name (`pip install schemathesis`), which then goes through the document.

const folder = mkdtempSync(join(tmpdir(), 'recstream-fuzz-'))
const requests = Number(process.env['RECSTREAM_FUZZ'] ?? 20_000)
const schemathesis = process.env['RECSTREAM_SCHEMATHESIS']
let running: Command
let url: string

beforeAll(async () => {
  const source = ['--source', 'events=2000,users=50,items=100,seed=1']
  const options = ['--data', join(folder, 'data'), '--max-rate', '1000000']
  ;({ running, url } = await startServed(['generated', ...source, ...options]))
})
afterAll(() => {
  killAll(running)
  rmSync(folder, { recursive: true, force: true })
})

const methods = [
  'GET',
  'GET',
  'GET',
  'GET',
  'POST',
  'POST',
  'POST',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'HEAD',
  'QUERY',
  'PROPFIND',
]
const parts = [
  'v1',
  'users',
  'items',
  'new',
  'popular',
  'rank',
  'events',
  'recommendations',
  'similar',
  'merge',
  'sessions',
  'a',
]
const oddParts = [
  '..',
  '.',
  '%2e%2e',
  '%2f',
  '%00',
  '%',
  '%zz',
  '__proto__',
  'constructor',
  '%F0%9F%98%80',
  'x'.repeat(3_000),
  '',
]
const known = routes.map(({ path }) => path)
const queries = [
  '',
  '?count=3',
  '?count=-1',
  '?count=1e9',
  '?filter=item.x',
  '?filter=%22',
  '?context=a',
  '?context=a:b',
  '?__proto__=1',
  '?a[b]=c',
]
const types = ['application/json', 'text/plain', 'application/json; charset=utf-16', 'multipart/form-data', '']
const bodies = [
  '',
  '{',
  '[]',
  '{}',
  'null',
  '7',
  '"x"',
  '[[[[[[[[]]]]]]]]',
  '{"__proto__":{"a":1}}',
  '{"userIds":["a"]}',
  '{"userId":"a","itemIds":["b"]}',
  '{"events":[{"itemId":"a","behaviour":"view"}]}',
  '{"into":"b"}',
  '{"count":1e400}',
  '[{"userId":"a","itemId":"b","behaviour":"view","time":1700000000000,"value":1},7,null]',
  'x'.repeat(100_000),
  '\ud800',
  '\0',
]

test(`${requests} requests of all kinds: none is answered by 500, and each problem has its code`, {
  timeout: 1_200_000,
}, async () => {
  const random = seededRandom(Number(process.env['SEED'] ?? 1), 'requests')
  const one = <T>(of: readonly T[]): T => of[Math.floor(random.uniform() * of.length)]!
  const seen = new Map<number, number>()
  const worker = async (times: number) => {
    for (let k = 0; k < times; k++) {
      const any = Array.from({ length: 1 + Math.floor(random.uniform() * 4) }, () => one([...parts, ...oddParts]))
      const id = one(random.uniform() < 0.3 ? oddParts : parts)
      const path = random.uniform() < 0.8 ? one(known).replace('{id}', id) : `/${any.join('/')}`
      const asked = {
        method: one(methods),
        path: path + one(queries),
        type: one(types),
        body: one(bodies),
      }
      const { status, text } = await ask(asked)
      seen.set(status, (seen.get(status) ?? 0) + 1)
      if (status === 500) throw new Error(JSON.stringify({ asked, text }))
      if (status >= 400 && asked.method !== 'HEAD')
        expect(JSON.parse(text)).toMatchObject({ status, code: expect.any(String) })
    }
  }
  await Promise.all(Array.from({ length: 8 }, () => worker(requests / 8)))
  console.log(
    `answers by status: ${[...seen]
      .sort(([a], [b]) => a - b)
      .map(([status, times]) => `${status}: ${times}`)
      .join(', ')}`,
  )
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  expect(running.said()).not.toMatch(/bug|started again/)
})

function ask(asked: {
  method: string
  path: string
  type: string
  body: string
}): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const body = ['GET', 'HEAD', 'OPTIONS'].includes(asked.method) ? '' : asked.body
    // Node gives a DELETE no length by itself; its body would be taken for another request.
    const headers = {
      'content-length': Buffer.byteLength(body),
      ...(asked.type === '' ? {} : { 'content-type': asked.type }),
    }
    const asking = request(`${url}/`, { method: asked.method, path: asked.path, headers }, answer => {
      let text = ''
      answer.setEncoding('utf8').on('data', part => (text += part))
      answer.on('end', () => resolve({ status: answer.statusCode!, text }))
      answer.on('error', reject)
    })
    // The rest of a body that is not read finds its connection closed.
    asking.on('error', (error: NodeJS.ErrnoException) =>
      ['ECONNRESET', 'EPIPE'].includes(error.code ?? '') ? resolve({ status: 0, text: '' }) : reject(error),
    )
    asking.end(body)
  })
}

// What only the pipeline knows (its behaviours, that two users are one) no schema says: such requests are refused, too.
const checks =
  'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method'

test.skipIf(schemathesis === undefined)(
  'Schemathesis finds no answer but those of the document',
  { timeout: 7_200_000 },
  async () => {
    const { RECSTREAM_EXAMPLES: examples = '300' } = process.env
    const options = ['--checks', checks, '--max-examples', examples, '--phases', 'examples,fuzzing', '--seed', '1']
    const stdio = ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit']
    const program = spawn(schemathesis!, ['run', `${url}/openapi.json`, ...options], { cwd: folder, stdio })
    let said = ''
    program.stdout.setEncoding('utf8').on('data', (part: string) => {
      said += part
      // It takes half an hour for twenty thousand requests.
      process.stderr.write(part)
    })
    const [status] = await once(program, 'close')
    expect(status, said.slice(-8_000)).toBe(0)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    expect(running.said()).not.toMatch(/bug|started again/)
  },
)
