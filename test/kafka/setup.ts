import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { type RunningBroker, startBroker } from '../../src/log/kafka/broker.ts'
import { detectBrokerRuntime } from '../../src/log/kafka/broker-runtime.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the run's one broker, which it starts when it is first asked; null where no broker can run. */
    brokerUrl: string | null
  }
}

/** One Kafka broker for the whole run, started by the first test that wants it and stopped at the end. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  if ((await detectBrokerRuntime()) === null) {
    const line = 'NO KAFKA: neither Java 17 with Maven nor Docker is here, so every Kafka test is skipped.'
    if (process.env['CI'] === 'true') throw new Error(`${line} With CI=true that is a failure.`)
    console.error(`\n\u001b[41m ${line} \u001b[0m\n`)
    provide('brokerUrl', null)
    return async () => {}
  }

  const folder = mkdtempSync(join(tmpdir(), 'recstream-kafka-'))
  let starting: Promise<RunningBroker> | undefined
  const server = createServer(async (_request, response) => {
    try {
      starting ??= startBroker({ folder, secure: true, onLine: line => console.error(line) })
      const { brokers, secureListeners } = await starting
      response.end(JSON.stringify({ brokers, secure: secureListeners }))
    } catch (error) {
      response.statusCode = 500
      response.end(String(error))
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  provide('brokerUrl', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)

  return async () => {
    server.close()
    server.closeAllConnections()
    await (await starting?.catch(() => undefined))?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
