import { connect as connectTo, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { kafkaError } from '../../../src/log/kafka/errors.ts'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { describeKafka } from '../../kafka/brokers.ts'
import { listening } from '../fixtures/ports.ts'

const thrown = (code: string | undefined, message: string) =>
  new Error('Retried in vain', {
    cause: Object.assign(new Error(message), { name: 'KafkaJSConnectionError', code }),
  })

describe('TLS', () => {
  test.each([
    'CERT_HAS_EXPIRED',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
  ])('%s will be as wrong on the next try', code => {
    expect(kafkaError(thrown(code, 'no'), ['b:9093'])).toMatchObject({ code: 'LOG_AUTHENTICATION', retriable: false })
  })

  test.each([
    ['ECONNRESET', 'Client network socket disconnected before secure TLS connection was established'],
    ['ENOTFOUND', 'Connection error: getaddrinfo ENOTFOUND tls.certificate.example'],
    ['ERR_SSL_UNEXPECTED_EOF_WHILE_READING', 'unexpected eof while reading'],
    [undefined, 'Connection timeout'],
  ])('%s may pass: %s', (code, message) => {
    expect(kafkaError(thrown(code, message), ['b:9093'])).toMatchObject({ code: 'LOG_UNAVAILABLE', retriable: true })
  })

  test('a broker that goes away within the handshake may come back', async () => {
    const address = await listening(socket => socket.once('data', () => socket.end()))
    await expect(openKafkaLog({ brokers: [address], ssl: true })).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
  })

  test('a port that speaks plain text never will', async () => {
    const address = await listening(socket => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))
    await expect(openKafkaLog({ brokers: [address], ssl: true })).rejects.toMatchObject({ code: 'LOG_AUTHENTICATION' })
  })
})

test.each([
  ['ECONNREFUSED', '10.0.0.7:9092', /^Kafka at b:9093 sends clients on to 10\.0\.0\.7:9092, and nothing answers there/],
  [undefined, 'fe80::7:9092', /sends clients on to \[fe80::7\]:9092, /],
  ['ETIMEDOUT', 'b:9093', /^No Kafka broker answers at b:9093; /],
])('of a connection that does not come about (%s), the address is named that fails: %s', (code, broker, said) => {
  const lost = Object.assign(new Error('no'), { name: 'KafkaJSConnectionError', code, broker })
  const error = kafkaError(new Error('Retried in vain', { cause: lost }), ['b:9093'])
  expect(error).toMatchObject({ code: 'LOG_UNAVAILABLE', message: expect.stringMatching(said) })
})

test.each(['ECONNRESET', 'EPIPE'])(
  'a connection that is cut off (%s) is told in one sentence, which says what to do',
  code => {
    const error = kafkaError(thrown(code, `read ${code}`), ['b:9093'])
    expect(error).toMatchObject({ code: 'LOG_UNAVAILABLE', retriable: true })
    expect(error.message).toBe(
      'Kafka at b:9093 cut the connection off: it is stopping or starting, or something else has this port; try again in a moment, or check --brokers.',
    )
  },
)

test.each(['SASL_AUTHENTICATION_FAILED', 'UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE'])(
  "the broker's answer %s is a refusal, however deep it lies",
  type => {
    const answer = Object.assign(new Error('No'), { name: 'KafkaJSProtocolError', type })
    const wrapped = Object.assign(new Error('Failed', { cause: answer }), { name: 'KafkaJSSASLAuthenticationError' })
    expect(kafkaError(wrapped, ['b:9093'])).toMatchObject({ code: 'LOG_AUTHENTICATION', retriable: false })
  },
)

describeKafka('SASL', broker => {
  const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
  const endings: [string, (socket: Socket) => void][] = [
    ['closes', socket => socket.end()],
    ['is reset', socket => socket.resetAndDestroy()],
  ]
  const cases = mechanisms.flatMap(mechanism => endings.map(([how, end]) => [mechanism, how, end] as const))

  test.each(cases)('%s: a connection that %s within the exchange refuses nobody', async (mechanism, _, end) => {
    const { secure } = broker()
    const [host, port] = secure.saslPlaintext.split(':')
    // Versions and handshake come through, what carries the password does not.
    const address = await listening(socket => {
      const onward = connectTo(Number(port), host!).on('error', () => {})
      onward.on('data', data => socket.write(data))
      socket.on('close', () => onward.destroy())
      let requests = 0
      socket.on('data', data => (++requests > 2 ? end(socket) : onward.write(data)))
    })
    const error = await openKafkaLog({
      brokers: [address],
      sasl: { mechanism, username: secure.username, password: secure.password },
    }).catch(thrown => thrown)
    expect(error).toMatchObject({ code: 'LOG_UNAVAILABLE', retriable: true })
    expect(error.message).toMatch(/authentication failed/i)
    expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain(secure.password)
  })
})
