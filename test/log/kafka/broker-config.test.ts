import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { chooseSettings, writeProperties } from '../../../src/log/kafka/broker-config.ts'
import { defaultKafkaVersion } from '../../../src/log/kafka/broker-runtime.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-broker-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function propertiesOf(
  brokers: number,
  port?: number,
  version = defaultKafkaVersion,
): Promise<Record<string, string>[]> {
  const settings = await chooseSettings(join(folder, `${brokers}`), { brokers, port, secure: false, version })
  return settings.map(each => {
    const lines = readFileSync(writeProperties(each), 'utf8').split('\n')
    return Object.fromEntries(lines.filter(line => /^[a-z]/.test(line)).map(line => line.split(/=(.*)/)))
  })
}

test('one broker keeps one copy of everything, in the folder itself', async () => {
  const [broker] = await propertiesOf(1, 9092)
  expect(broker).toMatchObject({
    'node.id': '1',
    'advertised.listeners': 'PLAINTEXT://127.0.0.1:9092',
    'log.dirs': join(folder, '1', 'data'),
    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    'transaction.state.log.replication.factor': '1',
  })
  expect(broker!['controller.quorum.bootstrap.servers']).toMatch(/^127\.0\.0\.1:\d+$/)
})

test('three brokers keep three copies, two of which must hold a record, and vote together', async () => {
  const brokers = await propertiesOf(3, 9092)
  expect(brokers.map(each => each['node.id'])).toEqual(['1', '2', '3'])
  expect(brokers.map(each => each['advertised.listeners'])).toEqual([
    'PLAINTEXT://127.0.0.1:9092',
    'PLAINTEXT://127.0.0.1:9093',
    'PLAINTEXT://127.0.0.1:9094',
  ])
  expect(brokers[2]!['log.dirs']).toBe(join(folder, '3', 'broker-3', 'data'))
  const voters = brokers.map(each => each['controller.quorum.voters'])
  expect(new Set(voters).size).toBe(1)
  expect(voters[0]).toMatch(/^1@127\.0\.0\.1:\d+,2@127\.0\.0\.1:\d+,3@127\.0\.0\.1:\d+$/)
  const copies = ['default', 'offsets.topic', 'transaction.state.log', 'share.coordinator.state.topic']
  for (const what of copies) expect(brokers[0]![`${what}.replication.factor`], what).toBe('3')
  for (const what of ['min.insync.replicas', 'transaction.state.log.min.isr']) expect(brokers[0]![what], what).toBe('2')
})

test('one broker of an older version has its voters in the settings, as that version wants them', async () => {
  const [broker] = await propertiesOf(1, 9092, '3.5.2')
  expect(broker!['controller.quorum.voters']).toMatch(/^1@127\.0\.0\.1:\d+$/)
  expect(broker).not.toHaveProperty(['controller.quorum.bootstrap.servers'])
})

test('no two brokers share a port', async () => {
  const brokers = await propertiesOf(5)
  const ports = brokers.flatMap(each => [...each['listeners']!.matchAll(/:(\d+)/g)].map(([, port]) => port))
  expect(new Set(ports).size).toBe(10)
})
