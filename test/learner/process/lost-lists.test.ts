import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encodeBlock } from '../../../src/codec/block.ts'
import { openCheckpoints } from '../../../src/learner/checkpoint.ts'
import { createLearner } from '../../../src/learner/create-learner.ts'
import { Learn } from '../../../src/learner/process/learn.ts'
import { openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import type { Log } from '../../../src/log/log.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import { topicSpecs, topicsOf } from '../../../src/records/topics.ts'
import { from, readAll } from '../../log/fixtures/read.ts'
import { smallWorld, toBlocks } from '../interest-stream.ts'
import definition from './small-arms.mjs'

const topics = topicsOf(definition.name)
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
/** Every third event came in a trace. */
const blocks = toBlocks(smallWorld(160, 3), { shortLength: 4, size: 40 }).map(block => ({
  ...block,
  traces: block.sequence
    .filter(row => row % 3 === 0)
    .map(sequence => ({ sequence, parent: `00-${traceId}-00f067aa0ba902b7-01`, state: 'a=1' })),
}))

test('lists that one partition lost are published again after a restart, in their traces, and no others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-lists-'))
  const logs: Log[] = []
  const open = async (name: string) => {
    const log = await openEmbeddedLog({ folder: join(folder, name) })
    logs.push(log)
    await log.ensureTopics(topicSpecs(definition.name, 3))
    const producer = await log.producer('test')
    const records = blocks.map(block => ({ key: null, timestamp: 0, value: encodeBlock(block) }))
    await producer.append(topics.interestSequences, records)
    return { log, producer }
  }
  const learnAll = async (log: Log, name: string) => {
    const learn = await Learn.open({
      ...{ definition, log, clock: () => 0 },
      learner: createLearner({ definition, backend: await openBackend('wasm') }),
      checkpoints: openCheckpoints({
        folder: join(folder, `${name}-checkpoints`),
        definition,
        onDamaged: console.error,
      }),
    })
    while ((await learn.step(100, async () => {})) || !(await learn.caughtUp()));
    await learn.close()
    const lists = await readAll(log, from(topics.recommendations, 3))
    return [0, 1, 2].map(own =>
      lists.filter(({ partition }) => partition === own).map(({ offset: _, ...list }) => list),
    )
  }
  try {
    const twin = await open('twin')
    const whole = await learnAll(twin.log, 'twin')
    expect(Math.min(...whole.map(lists => lists.length))).toBeGreaterThan(2)
    const spans = whole.flat().map(({ headers }) => headers['traceparent']?.toString())
    for (const [at, { headers }] of whole.flat().entries()) {
      const isTraced = Number(headers['recstream-sequence']) % 3 === 0
      expect(spans[at] ?? '').toMatch(isTraced ? new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`) : /^$/)
      expect(headers['tracestate']?.toString()).toBe(isTraced ? 'a=1' : undefined)
    }
    const traced = spans.filter(span => span !== undefined)
    expect(traced.length).toBeGreaterThan(2)
    expect(new Set(traced).size).toBe(traced.length)

    const { log, producer } = await open('lost')
    for (const [partition, lists] of whole.entries()) {
      await producer.append(topics.recommendations, partition === 1 ? lists.slice(0, 2) : lists)
    }
    expect(await learnAll(log, 'lost')).toEqual(whole)
  } finally {
    for (const log of logs) await log.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
