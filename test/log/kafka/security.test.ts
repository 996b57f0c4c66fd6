import { randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { KafkaSettings } from '../../../src/log/kafka/client.ts'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { describeKafka, type TestBroker } from '../../kafka/brokers.ts'
import { from, readAll, text, values } from '../fixtures/read.ts'

describeKafka('TLS and SASL', broker => {
  const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
  const sasl = (mechanism: (typeof mechanisms)[number], { secure }: TestBroker) => ({
    mechanism,
    username: secure.username,
    password: secure.password,
  })
  const ways: [string, (broker: TestBroker) => KafkaSettings][] = [
    ['TLS', ({ secure }) => ({ brokers: [secure.ssl], ssl: { ca: secure.ca } })],
    ...mechanisms.flatMap((mechanism): [string, (broker: TestBroker) => KafkaSettings][] => [
      [mechanism, at => ({ brokers: [at.secure.saslPlaintext], sasl: sasl(mechanism, at) })],
      [
        `${mechanism} over TLS`,
        at => ({ brokers: [at.secure.saslSsl], ssl: { ca: at.secure.ca }, sasl: sasl(mechanism, at) }),
      ],
    ]),
  ]

  test.each(ways)('%s: topics are made, appended to and read', async (_name, settings) => {
    const log = await openKafkaLog(settings(broker()))
    try {
      const topic = `secure.${randomUUID()}`
      await log.ensureTopics([{ name: topic, partitions: 1 }])
      await (await log.producer(`p-${topic}`)).append(topic, [text('a')])
      expect(values(await readAll(log, from(topic, 1)))).toEqual(['a'])
      expect(values(await log.newest(topic))).toEqual(['a'])
    } finally {
      await log.close()
    }
  })

  test.each(mechanisms)('%s: a wrong password is refused, and no password is shown', async mechanism => {
    const { secure } = broker()
    const password = 'not-the-password'
    const error = await openKafkaLog({
      brokers: [secure.saslPlaintext],
      sasl: { mechanism, username: secure.username, password },
    }).catch(e => e)
    expect(error).toMatchObject({ code: 'LOG_AUTHENTICATION', retriable: false })
    const shown = `${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`
    expect(shown).not.toContain(password)
    expect(shown).not.toContain(secure.password)
  })

  test('an unknown certificate is refused, and so is TLS where none is spoken', async () => {
    const { secure, brokers } = broker()
    await expect(openKafkaLog({ brokers: [secure.ssl], ssl: true })).rejects.toMatchObject({
      code: 'LOG_AUTHENTICATION',
    })
    await expect(openKafkaLog({ brokers, ssl: true })).rejects.toMatchObject({ code: expect.stringMatching(/^LOG_/) })
  })

  test('plain text where TLS is spoken does not hang', async () => {
    await expect(openKafkaLog({ brokers: [broker().secure.ssl] })).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
  })
})

describe('without a broker', () => {
  test('the error says where it looked and what to do', async () => {
    await expect(openKafkaLog({ brokers: ['127.0.0.1:1'] })).rejects.toMatchObject({
      code: 'LOG_UNAVAILABLE',
      message: 'No Kafka broker answers at 127.0.0.1:1; start one with `npx recstream kafka` or give --brokers.',
    })
  })

  test('a port that takes connections and never answers is given up', async () => {
    const server = createServer(() => {})
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    await expect(openKafkaLog({ brokers: [`127.0.0.1:${port}`] })).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
    server.close()
  })
})
