import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type ConnectionOptions, connectionFrom } from '../../src/cli/connection-options.ts'
import { scrub } from '../../src/run/scrub.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-connection-'))
const ca = join(folder, 'ca.pem')
const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
writeFileSync(ca, pem)
writeFileSync(join(folder, 'text'), 'no PEM')
process.env['TEST_PASSWORD'] = 'open-sesame'
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  delete process.env['TEST_PASSWORD']
})

const connection = (options: Partial<ConnectionOptions>) =>
  connectionFrom({ saslPasswordEnv: 'TEST_PASSWORD', registryPasswordEnv: 'TEST_PASSWORD', ...options })

test('without options the log is the embedded one', () => {
  expect(connection({})).toEqual({})
})

test('files and the password are read, and the password is never printed', () => {
  const options = { brokers: 'a:9092, [::1]:9093', sslCa: ca, sasl: 'plain', saslUsername: 'shop' } as const
  expect(connection(options)).toEqual({
    brokers: ['a:9092', '[::1]:9093'],
    ssl: { ca: pem },
    sasl: { mechanism: 'plain', username: 'shop', password: 'open-sesame' },
  })
  expect(scrub('refused: open-sesame')).toBe('refused: ***')
})

test.each<[string, Partial<ConnectionOptions>, RegExp]>([
  ['a port that is none', { brokers: 'a:99999' }, /no port from 1 to 65535/],
  ['TLS without a broker', { ssl: true }, /--brokers/],
  ['a certificate without its key', { brokers: 'a:1', sslCert: ca }, /--ssl-key/],
  ['a file that is not there', { brokers: 'a:1', sslCa: join(folder, 'no') }, /cannot be read \(ENOENT\)/],
  ['a file that is not PEM', { brokers: 'a:1', sslCa: join(folder, 'text') }, /is not PEM/],
  ['a mechanism without a user', { brokers: 'a:1', sasl: 'plain' }, /--sasl-username/],
  ['a user without a mechanism', { brokers: 'a:1', saslUsername: 'u' }, /--sasl plain/],
  ['a registry that is no address', { registry: 'registry:8081' }, /http:\/\//],
])('refuses %s', (_, options, said) => {
  expect(() => connection(options)).toThrow(said)
})
