import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBroker } from '../src/log/kafka/broker.ts'
import { openKafkaLog } from '../src/log/kafka/kafka-log.ts'
import { packageRoot } from '../src/package-root.ts'
import { type Sent, sendSteadily } from './steady-events.ts'

const topics = ['hops.events', 'hops.sequences', 'hops.lists'] as const

/** How long events took through two processes that only hand them on, each in a transaction of kafkajs's, ms, by event. */
export async function bareHops({ seconds, perSecond }: { seconds: number; perSecond: number }): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-bench-'))
  const broker = await startBroker({ folder: join(folder, 'kafka') })
  const log = await openKafkaLog({ brokers: broker.brokers })
  const hops: ChildProcess[] = []
  try {
    await log.ensureTopics(topics.map(name => ({ name, partitions: 1 })))
    for (const [k, from] of topics.slice(0, 2).entries()) {
      const path = join(packageRoot(), 'dist/bench/hop-process.js')
      hops.push(fork(path, [broker.brokers.join(','), from, topics[k + 1]!], { stdio: ['ignore', 2, 2, 'ipc'] }))
    }
    await Promise.all(hops.map(hop => once(hop, 'message')))
    const sent: Sent = { at: [], seconds: 0 }
    const took: number[] = []
    const lists = await log.reader([{ topic: topics[2], partition: 0, offset: 0 }])
    const sending = sendSteadily({ brokers: broker.brokers, topic: topics[0], seconds, perSecond }, sent)
    while (took.length < seconds * perSecond) {
      const records = await lists.read(50)
      const now = performance.now()
      for (const _ of records) took.push(now - sent.at[took.length]!)
    }
    await sending
    await lists.close()
    for (const hop of hops) {
      hop.send('end')
      await once(hop, 'exit')
    }
    return took
  } finally {
    for (const hop of hops) hop.kill('SIGKILL')
    await log.close()
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
