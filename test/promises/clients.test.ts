import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { consumeRecommendations } from '../clients/consumer.ts'
import { produce } from '../clients/producer.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { type Command, recstream, root, until } from './command.ts'
import { ownPipeline } from './own-pipeline.ts'

describeKafka('a stranger with a Kafka client of their own', broker => {
  let folder: string
  let running: Command
  beforeEach(() => {
    folder = mkdtempSync(join(root, '.crash-'))
  })
  afterEach(async () => {
    running.child.kill('SIGTERM')
    await running.ended
    rmSync(folder, { recursive: true, force: true })
  })

  test.each(['json', 'avro'] as const)(
    'sends profiles, items and events as %s and gets lists for those users',
    async encoding => {
      const { brokers } = broker()
      const name = `stranger-${encoding}`
      const pipeline = ownPipeline(folder, name, 'kuairand')
      const data = join(folder, 'data')
      running = recstream(
        [
          'start',
          pipeline,
          '--no-import',
          '--brokers',
          brokers.join(','),
          '--data',
          data,
          '--set',
          `encoding=${encoding}`,
        ],
        {},
      )
      await until('the pipeline to be ready', () => /ready/i.test(running.said()), 30_000)

      const now = Date.now()
      const people = ['ada', 'grace', 'edsger']
      await produce({
        brokers,
        pipeline: name,
        encoding,
        users: people.map(userId => ({ userId, attributes: { activity: 'high' } })),
        items: Array.from({ length: 30 }, (_, k) => ({ itemId: `v${k}`, title: `Video ${k}`, tags: [`t${k % 3}`] })),
        events: Array.from({ length: 90 }, (_, k) => ({
          eventId: `${encoding}-${k}`,
          userId: people[k % 3]!,
          itemId: `v${(k * 7) % 30}`,
          behaviour: 'view',
          time: now + k,
          value: (k * 5) % 20,
          properties: { duration: 20 },
        })),
      })
      const lists = await consumeRecommendations({
        brokers,
        pipeline: name,
        until: got => people.every(person => got.some(({ userId }) => userId === person)),
        timeoutMs: 40_000,
      })
      for (const list of lists) {
        expect(people).toContain(list.userId)
        for (const item of list.items) {
          expect(item.itemId).toMatch(/^v\d+$/)
          expect(item.propensity).toBeGreaterThan(0)
          expect(item.reason.length).toBeGreaterThan(3)
        }
      }
      expect(lists.some(({ items }) => items.length > 0)).toBe(true)

      const query = 'select count(*) as kept, count(*) filter (user_known and item_known) as joined from events'
      const asked = await recstream(['sql', query, '--pipeline', name, '--data', data, '--json']).ended
      expect(JSON.parse(asked.stdout)).toEqual([{ kept: 90, joined: 90 }])
    },
  )
})
