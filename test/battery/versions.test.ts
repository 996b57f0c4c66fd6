import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBroker } from '../../src/log/kafka/broker.ts'
import { defaultKafkaVersion, detectBrokerRuntime } from '../../src/log/kafka/broker-runtime.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { logContract } from '../contracts/log.ts'
import { type OldBroker, startOldBroker } from '../kafka/old-broker.ts'
import { root } from '../promises/command.ts'
import { differences } from '../promises/contents.ts'
import { comparable, inFolder, lasting, type Outcome, type Run, undisturbed } from '../promises/twins.ts'

/** The oldest that is promised, the last ones with ZooKeeper, an early one without, and the one that `recstream kafka` runs. */
const versions = ['2.4.1', '2.8.2', '3.5.2', defaultKafkaVersion]
const withZookeeper = (version: string) => version.startsWith('2.')

const runtime = await detectBrokerRuntime()
const here = (version: string) => runtime?.kind === 'java' || (runtime !== null && version >= '3.7')
const kuairand: Run = {
  name: 'kuairand',
  pipeline: 'kuairand',
  source: join(root, 'pipelines', 'kuairand', 'data'),
  data: '',
}

/** The same without a broker, run once. */
let embedded: Promise<Outcome> | undefined
const twin = () => (embedded ??= inFolder(data => undisturbed({ ...kuairand, data })))

describe.each(versions.filter(here))('brokers of version %s', version => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-version-'))
  let broker: OldBroker

  beforeAll(async () => {
    if (withZookeeper(version)) broker = await startOldBroker(version)
    else {
      const running = await startBroker({ folder: join(folder, 'kafka'), version })
      broker = { brokers: running.brokers, dispose: () => running.stop() }
    }
  })
  afterAll(async () => {
    await broker.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  logContract({ open: () => openKafkaLog({ brokers: broker.brokers }), histories: 6, hasTopicIds: version !== '2.4.1' })

  test('the sample of KuaiRand gives the rows, sequences, lists and weights that it gives without a broker', async () => {
    const expected = await twin()
    await inFolder(async data => {
      const outcome = await undisturbed({ ...kuairand, data, brokers: broker.brokers })
      expect(differences(comparable(expected), comparable(outcome))).toEqual([])
      expect(lasting(outcome)).toEqual(lasting(expected))
    })
  })
})
