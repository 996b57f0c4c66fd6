import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServedShop, servedShop } from '../promises/served-shop.ts'

let shop: ServedShop
const folder = mkdtempSync(join(tmpdir(), 'recstream-clients-'))
beforeAll(async () => {
  shop = await servedShop()
})
afterAll(() => {
  shop.close()
  rmSync(folder, { recursive: true, force: true })
})

const run = (command: string, args: readonly string[]) =>
  execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

test('a client in TypeScript is generated from the document, type-checks and works', () => {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const packages = ['openapi-typescript@7.13.0', 'openapi-fetch@0.17.0', 'typescript@5.9.3', '@types/node@22']
  run('npm', ['install', '--no-audit', '--no-fund', ...packages])
  run('npx', ['openapi-typescript', `${shop.url}/openapi.json`, '-o', 'shop.d.ts'])
  writeFileSync(
    join(folder, 'client.ts'),
    `import createClient from 'openapi-fetch'
import type { paths } from './shop.d.ts'

const shop = createClient<paths>({ baseUrl: process.argv[2]! })
await shop.PUT('/v1/items/{id}', { params: { path: { id: 'kettle' } }, body: { title: 'Kettle', tags: ['kitchen'], attributes: {} } })
const time = Date.now()
await shop.POST('/v1/events', { body: { eventId: 'ts-1', userId: 'ann', itemId: 'kettle', behaviour: 'view', time } })
const { data, error } = await shop.GET('/v1/users/{id}/recommendations', { params: { path: { id: 'bob' }, query: { count: 3 } } })
if (data === undefined) throw new Error(error.detail)
const first: string | undefined = data.items[0]?.itemId
console.log(JSON.stringify({ user: data.userId, first: first ?? null }))
`,
  )
  run('npx', [
    'tsc',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--strict',
    '--skipLibCheck',
    '--allowImportingTsExtensions',
    '--rewriteRelativeImportExtensions',
    'client.ts',
  ])
  expect(JSON.parse(run('node', ['client.js', shop.url]))).toMatchObject({ user: 'bob' })
})

test('so is one in Python', () => {
  run('python3', ['-m', 'venv', 'venv'])
  run('venv/bin/pip', ['install', '--quiet', 'openapi-python-client==0.29.1'])
  run('venv/bin/openapi-python-client', [
    'generate',
    '--url',
    `${shop.url}/openapi.json`,
    '--meta',
    'none',
    '--output-path',
    'shop_client',
  ])
  run('venv/bin/pip', ['install', '--quiet', 'httpx', 'attrs', 'python-dateutil'])
  const names = run('python3', [
    '-c',
    "import glob; print('\\n'.join(sorted(glob.glob('shop_client/api/**/*.py', recursive=True))))",
  ])
  expect(names).toMatch(/recommendations/)
  writeFileSync(
    join(folder, 'client.py'),
    `import glob, importlib, json, sys
from shop_client import Client

shop = Client(base_url=sys.argv[1])
path = next(p for p in glob.glob("shop_client/api/**/get_v1_users_by_id_recommendations.py", recursive=True))
ask = importlib.import_module(path[:-3].replace("/", "."))
found = ask.sync(id="bob", client=shop, count=3)
print(json.dumps({"user": found.user_id, "items": len(found.items)}))
`,
  )
  expect(JSON.parse(run('venv/bin/python', ['client.py', shop.url]))).toMatchObject({ user: 'bob' })
})
