import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import type { Log } from '../../src/log/log.ts'
import { from, readAll, text, values } from '../log/fixtures/read.ts'
import { appendingContract } from './log/appending.ts'
import { endsContract } from './log/ends.ts'
import { historyContract } from './log/history.ts'

export interface LogContract {
  /** Another handle on the same log. */
  open(): Promise<Log>
  /** How many random histories are tried. */
  histories: number
  /** False where topics have no ids: on brokers before 2.8. */
  hasTopicIds?: boolean
}

/** What every log must do; run once for each adapter. */
export function logContract({ open, histories, hasTopicIds = true }: LogContract): void {
  const logs: Log[] = []
  const openLog = async (): Promise<Log> => {
    const log = await open()
    logs.push(log)
    return log
  }
  const withTopic = async (partitions: number) => {
    const log = await openLog()
    const topic = `contract.${randomUUID()}`
    await log.ensureTopics([{ name: topic, partitions }])
    return { log, topic, producer: await log.producer(`producer-${topic}`) }
  }

  afterEach(async () => {
    for (const log of logs.splice(0)) await log.close()
  })

  test('says which log it is, and opened again is the same', async () => {
    const { log } = await withTopic(1)
    const other = await open()
    logs.push(other)
    expect(await other.identity()).toBe(await log.identity())
    expect((await log.identity()).length).toBeGreaterThan(8)
  })

  test('gives each topic an id of its own, the same to everybody', async () => {
    const { log, topic } = await withTopic(1)
    const another = await withTopic(1)
    const ids = await log.topicIds([topic, another.topic, 'not-there'])
    if (!hasTopicIds) return expect([...ids.values()]).toEqual([null, null, null])
    expect([...ids.keys()].sort()).toEqual([topic, another.topic].sort())
    expect(ids.get(topic)).toMatch(/^[0-9a-f-]{32,36}$/)
    expect(ids.get(another.topic)).not.toBe(ids.get(topic))
    expect(await another.log.topicIds([topic])).toEqual(new Map([[topic, ids.get(topic)!]]))
  })

  appendingContract({ openLog, withTopic })
  endsContract({ openLog, withTopic })

  test('several producers append to one topic without losing, mixing or repeating anything', async () => {
    const { log, topic } = await withTopic(2)
    const handles = [log, await openLog(), await openLog()]
    await Promise.all(
      handles.map(async (handle, who) => {
        const producer = await handle.producer(`${topic}-${who}`)
        for (let batch = 0; batch < 10; batch++) {
          await producer.append(
            topic,
            Array.from({ length: 5 }, (_, i) => ({ ...text(`${who}:${batch}:${i}`), partition: who % 2 })),
          )
        }
      }),
    )
    const seen = values(await readAll(log, from(topic, 2)))
    for (const who of [0, 1, 2]) {
      const expected = Array.from({ length: 50 }, (_, i) => `${who}:${Math.floor(i / 5)}:${i % 5}`)
      expect(seen.filter(value => value.startsWith(`${who}:`))).toEqual(expected)
    }
  })

  historyContract({ openLog, withTopic }, histories)
}
