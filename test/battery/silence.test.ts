import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { startBroker } from '../../src/log/kafka/broker.ts'
import { detectBrokerRuntime } from '../../src/log/kafka/broker-runtime.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import type { LogRecord } from '../../src/log/log.ts'
import { api, proxyTo } from '../log/fixtures/broker-proxy.ts'
import { from, text, values } from '../log/fixtures/read.ts'
import { until } from '../promises/command.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-silence-'))
  open.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const runtime = await detectBrokerRuntime()

describe.skipIf(runtime === null)('a broker that goes silent', () => {
  test('a login that is never answered is given up, and tried again', async () => {
    const broker = await startBroker({ folder: scratch(), secure: true })
    open.push(() => broker.stop())
    const { username, password, saslPlaintext } = broker.secureListeners!
    let deaf = false
    let kept = 0
    const proxy = await proxyTo(saslPlaintext, key => {
      if (key !== api.saslAuthenticate || !deaf) return
      kept++
      return 'kept'
    })
    open.push(() => proxy.close())
    const settings = { brokers: [proxy.address], sasl: { mechanism: 'plain' as const, username, password } }
    const log = await openKafkaLog(settings)
    open.push(() => log.close())
    const other = await openKafkaLog({ brokers: broker.brokers })
    open.push(() => other.close())
    const topic = 'deaf'
    await log.ensureTopics([{ name: topic, partitions: 1 }])
    const reader = await log.reader(from(topic, 1))
    deaf = true
    proxy.cut()
    const asked = log.ranges(topic)
    await until('logins wait for an answer', () => kept > 1)
    deaf = false
    await (await other.producer(`p-${topic}`)).append(topic, [text('a')])
    expect((await asked).length).toBe(1)
    const seen: LogRecord[] = []
    await until('it is read', async () => seen.push(...(await reader.read(100))) > 0)
    expect(values(seen)).toEqual(['a'])
  })
})
