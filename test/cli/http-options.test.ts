import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { type HttpCommandOptions, serveOptionsFrom, withHttpOptions } from '../../src/cli/http-options.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-http-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())

const from = (...args: string[]) =>
  serveOptionsFrom(withHttpOptions(new Command()).parse(args, { from: 'user' }).opts<HttpCommandOptions>())
const code = (work: () => unknown) => {
  try {
    return work()
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return `${code}: ${message}`
  }
}

test('without a word it listens on this machine, where there is a port', () => {
  expect(from()).toMatchObject({ address: { host: '127.0.0.1', port: 8080 }, anyPort: true, tokens: null, tls: null })
  expect(from('--http', '0')).toMatchObject({ address: { host: '127.0.0.1', port: 0 }, anyPort: false })
  expect(from('--http', '[::1]:80').address).toEqual({ host: '::1', port: 80 })
  for (const wrong of ['80800', 'here', ':80', '1.2.3.4', 'a b:80', '']) {
    expect(code(() => from('--http', wrong))).toMatch(/^CONFIG_INVALID: .*127\.0\.0\.1:8080/)
  }
})

test('beyond this machine it takes tokens, or the word', () => {
  expect(code(() => from('--http', '0.0.0.0:80'))).toMatch(/^CONFIG_INVALID: Everybody who reaches 0\.0\.0\.0:80/)
  expect(from('--http', '0.0.0.0:80', '--open').tokens).toBeNull()
  vi.stubEnv('RECSTREAM_HTTP_TOKENS', 'read 0123456789abcdef,write fedcba9876543210')
  expect(from('--http', '0.0.0.0:80').tokens?.map(({ access }) => access)).toEqual(['read', 'write'])
})

test('tokens that others can read, or that are none, are refused without being said', () => {
  const file = join(folder, 'tokens')
  writeFileSync(file, 'read swordfish-swordfish\n', { mode: 0o600 })
  const [token] = from('--tokens', file).tokens!
  expect(token).toEqual({ access: 'read', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
  if (process.platform !== 'win32') {
    chmodSync(file, 0o644)
    expect(code(() => from('--tokens', file))).toMatch(/^CONFIG_INVALID: Others can read .*chmod 600/)
  }
  for (const wrong of ['swordfish-swordfish', 'reed swordfish-swordfish', 'read swordfish', '# nothing']) {
    vi.stubEnv('RECSTREAM_HTTP_TOKENS', wrong)
    expect(code(() => from())).toMatch(/^CONFIG_INVALID: (?!.*swordfish)/)
  }
})

test('origins, certificates and limits are looked at', () => {
  expect(from('--cors', 'https://shop.example,http://localhost:3000').origins).toHaveLength(2)
  expect(code(() => from('--cors', 'https://shop.example/'))).toMatch(/^CONFIG_INVALID: .*is no origin/)
  expect(code(() => from('--tls-cert', 'cert.pem'))).toMatch(/^CONFIG_INVALID: .*both/)
  expect(from('--max-body', '2048', '--max-rate', '7', '--wait', '0').limits).toMatchObject({
    body: 2_048,
    rate: 7,
    waitMs: 0,
  })
})
