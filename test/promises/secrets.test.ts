import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { problemOf } from '../../src/cli/report-error.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { type Command, killAll, processesUnder, recstream, until } from './command.ts'
import { addressOf } from './served-shop.ts'

/** Part of every secret here, so that a part of one is found too. */
const planted = 'swordfish'
const registryPassword = `${planted}@"registry/7`
const saslPassword = `${planted},sasl:8`
const httpToken = `${planted}-http-0123456789`

let folder: string
let passwordFile: string
let registry: string
let asked = 0
const server = createServer((request, response) => {
  asked += 1
  // A registry that says again what it was told.
  response.writeHead(401).end(JSON.stringify({ message: `${request.headers.authorization} ${registryPassword}` }))
})
let running: Command | undefined

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-secrets-'))
  passwordFile = join(folder, 'sasl-password')
  writeFileSync(passwordFile, `${saslPassword}\n`, { mode: 0o600 })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  if (running !== undefined) killAll(running)
  server.close()
  server.closeAllConnections()
  rmSync(folder, { recursive: true, force: true })
})

const env = { RECSTREAM_REGISTRY_PASSWORD: registryPassword, RECSTREAM_HTTP_TOKENS: `read ${httpToken}` }
const withRegistry = () => ['--registry', registry, '--registry-username', 'shop']

test.each([
  ['a login in the address of the registry', ['--registry', `http://shop:${planted}@registry:8081`]],
  ['a login among the brokers', ['--brokers', `SASL_SSL://shop:${saslPassword}@kafka:9092`]],
  ['a password in the place of a port', ['--brokers', `shop:${planted}`]],
  ['a password in place of a variable’s name', ['--sasl-password-env', saslPassword]],
  ['a password as an option that there is not', [`--sasl-password=${saslPassword}`]],
  ['a key in place of its file', ['--ssl-cert', 'c', '--ssl-key', `-----BEGIN PRIVATE KEY-----\n${planted}`]],
])('%s is refused, and not said again', async (_, args) => {
  const log = ['--brokers', 'kafka:9092', '--sasl', 'plain', '--sasl-username', 'shop']
  const error = await (await createProgram())
    .parseAsync(['node', 'recstream', 'tail', 'items', ...log, ...args])
    .catch((thrown: unknown) => thrown)
  const { code, message } = problemOf(error)
  expect(code).toBe('CONFIG_INVALID')
  expect(message).not.toContain(planted)
})

test('a secret given as it should be is in no output, log, argument or file', async () => {
  const data = join(folder, 'data')
  const login = ['--brokers', '127.0.0.1:1', '--sasl', 'plain', '--sasl-username', 'shop']
  const doctor = recstream(
    ['doctor', '--data', data, ...withRegistry(), ...login, '--sasl-password-file', passwordFile, '--debug'],
    { env },
  )
  await sendFramed(data)
  running = recstream(['start', 'generated', '--no-import', '--data', data, ...withRegistry(), '--debug'], { env })
  await until('the registry to be waited for', () => /registry answers with status 401/.test(running!.said()))
  expect(asked).toBeGreaterThan(0)
  const url = await addressOf(running)
  const ask = (token: string) =>
    fetch(`${url}/v1/popular?x=${token}`, { headers: { authorization: `Bearer ${token}` } })
  for (const [token, status] of [
    [httpToken, 400],
    [`${httpToken}x`, 401],
  ] as const) {
    const answer = await ask(token)
    expect(answer.status).toBe(status)
    expect(await answer.text()).not.toContain(planted)
  }
  expect(
    await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${httpToken}` } })).text(),
  ).not.toContain(planted)
  const pids = [running.child.pid!, ...processesUnder(running.child.pid!).map(({ pid }) => pid)]
  if (process.platform === 'linux') {
    expect(pids.length).toBeGreaterThan(2)
    for (const pid of pids) expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(planted)
  }
  running.child.kill('SIGTERM')
  for (const { stdout, stderr } of [await doctor.ended, await running.ended]) {
    expect(stdout + stderr).not.toContain(planted)
    expect(stdout + stderr).not.toContain(Buffer.from(`shop:${registryPassword}`).toString('base64'))
  }
  const paths = readdirSync(data, { recursive: true, encoding: 'utf8' }).map(path => join(data, path))
  expect(paths.length).toBeGreaterThan(10)
  for (const path of paths) {
    const stats = statSync(path)
    if (stats.isFile()) expect({ path, secret: readFileSync(path).includes(planted) }).toEqual({ path, secret: false })
    if (process.platform === 'win32') continue
    expect({ path, open: stats.mode & 0o077 }).toEqual({ path, open: 0 })
  }
})

/** An event of which only the registry knows how it was written. */
async function sendFramed(data: string): Promise<void> {
  const umask = process.umask(0o077)
  const log = await openEmbeddedLog({ folder: layoutOf(data, 'generated').log })
  await log.ensureTopics(topicSpecs('generated', 1))
  const producer = await log.producer('outside')
  const value = Buffer.from([0, 0, 0, 0, 7, 2, 0x61])
  await producer.append(topicsOf('generated').behaviourEvents, [{ key: 'u1', value, timestamp: Date.now() }])
  await producer.close()
  await log.close()
  process.umask(umask)
}
