import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { startBroker } from '../../src/log/kafka/broker.ts'
import { detectBrokerRuntime } from '../../src/log/kafka/broker-runtime.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { topicsOf } from '../../src/records/topics.ts'
import { layoutOf } from '../../src/run/layout.ts'
import type { RunSummary } from '../../src/run/run-summary.ts'
import { type Command, killAll, lastLine, processesUnder, recstream, until } from '../promises/command.ts'
import { differences, tablesOf } from '../promises/contents.ts'
import { seeded } from '../promises/random.ts'
import { addressOf } from '../promises/served-shop.ts'
import { inFolder } from '../promises/twins.ts'
import { sendLive } from './cluster/send-live.ts'
import { listsInOrder } from './shards/lists-in-order.ts'
import { makeTopics, partitions, parts, shardedShop } from './shards/sharded-shop.ts'
import { waiting, whatBecame } from './shards/what-became.ts'

const kills = Number(process.env['RECSTREAM_KILLS'] ?? 40)
const perSecond = Number(process.env['RECSTREAM_PER_SECOND'] ?? 200)
const seed = Number(process.env['RECSTREAM_SEED'] ?? 1)
/** Between two kills, ms: at most so many, by chance. */
const betweenMs = 6_000

describe.skipIf((await detectBrokerRuntime()) === null)('four shards of ingest, a learner and a follower', () => {
  test('killed at random, with tables removed and a broker restarted, come to what the recorded order says', () =>
    inFolder(async folder => {
      const broker = await startBroker({ folder: join(folder, 'kafka') })
      const { brokers } = broker
      const name = `killed-${randomUUID().slice(0, 8)}`
      const { module, definition } = await shardedShop(folder, name)
      const data = join(folder, 'data')
      const log = await openKafkaLog({ brokers })
      await makeTopics(log, name)
      const random = seeded(seed)
      const running: Command[] = []
      const run = (words: readonly string[], in_ = data) => {
        const command = recstream([...words, '--brokers', brokers.join(','), '--data', in_])
        running.push(command)
        return command
      }
      const shard = (k: number) => run(['start', module, '--role', 'ingest', '--shard', `${k}/${parts}`])
      const stop = async (command: Command) => {
        command.child.kill('SIGINT')
        const { code, stderr } = await command.ended
        expect(code, stderr.slice(-3_000)).toBe(0)
      }
      const sql = async (statement: string): Promise<number[]> => {
        const answered = recstream(['sql', statement, '-p', name, '--data', data, '--json'])
        const ended = await answered.ended
        expect(ended.code, ended.stderr.slice(-2_000)).toBe(0)
        const [row] = JSON.parse(ended.stdout) as [Record<string, number>]
        return Object.values(row).map(Number)
      }
      try {
        const shards = Array.from({ length: parts }, (_, k) => shard(k))
        const leader = run(['start', module, '--role', 'learn', '--http', '0'])
        const follower = run(['serve', module, '--follow', '--http', '0'], join(folder, 'follower'))
        for (const each of [...shards, leader]) await until('ready', () => each.said().includes('Ready:'), 120_000)
        const urls = [await addressOf(leader), await addressOf(follower)]
        const topic = topicsOf(name).behaviourEvents
        const live = await sendLive({ brokers, topic, partitions, perSecond, random: seeded(seed + 1) })

        const killed: Record<string, number> = {}
        let [asked, newest] = [0, 0]
        for (let kill = 0; kill < kills; kill++) {
          await delay(random() * betweenMs)
          const all = [...shards, leader, follower].flatMap(({ child }) => processesUnder(child.pid!))
          const victims = all.filter(({ role }) => role !== 'serve')
          const victim = victims[Math.floor(random() * victims.length)]
          if (victim === undefined) continue
          process.kill(victim.pid, 'SIGKILL')
          killed[victim.role] = (killed[victim.role] ?? 0) + 1
          if (kill === Math.floor(kills / 3)) {
            await stop(shards[2]!)
            rmSync(join(layoutOf(data, name).root, 'parts', `2-of-${parts}`), { recursive: true })
            shards[2] = shard(2)
          }
          if (kill === Math.floor((2 * kills) / 3)) await broker.restart()
          // Each event once, and none goes again, but those whose tables were removed and are not built yet.
          const [rows, different] = await sql(
            "select count(*) as n, count(distinct source_partition || '/' || source_offset) as d from events",
          )
          expect(different).toBe(rows)
          if (kill < Math.floor(kills / 3)) {
            expect(rows!).toBeGreaterThanOrEqual(newest)
            newest = rows!
          }
          asked += 1
        }
        await live.stop()
        await until(
          'all events to be ingested',
          async () => (await waiting(log, name)) === 0 || delay(500, false),
          600_000,
        )
        const answers = async (user: number) =>
          Promise.all(
            urls.map(async url => {
              const answer = await fetch(`${url}/v1/users/user-${user}/recommendations`)
              return {
                status: answer.status,
                position: answer.headers.get('recstream-position'),
                body: await answer.text(),
              }
            }),
          )
        await until(
          'leader and follower to be at one row',
          async () => {
            const [own, theirs] = await answers(1)
            const total = (await whatBecame(log, name, parts)).outcomes
            const at = Number(own!.position)
            const isThere = own!.status === 200 && own!.position === theirs!.position && at > 0.9 * total.expected
            return isThere || delay(1_000, false)
          },
          300_000,
        )
        for (let user = 1; user <= 200; user++) {
          const [own, theirs] = await answers(user)
          expect(theirs).toEqual(own)
        }
        for (const each of [...shards, follower, leader]) await stop(each)
        expect(follower.said()).not.toContain('FOLLOWER_DIFFERS')

        const became = await whatBecame(log, name, parts)
        const idle = ['--no-import', '--until-idle', '--json', '--shards', '1']
        const own = lastLine<RunSummary>(await run(['start', module, ...idle]).ended)
        const twin = lastLine<RunSummary>(await run(['start', module, ...idle], join(folder, 'twin')).ended)
        const lists = await listsInOrder(log, definition)
        // A list stands at the row of the event that gave rise to it, in SQL over all parts, too.
        const joined = await sql(
          `select count(distinct r.recommendation_id) as n, count(distinct r.recommendation_id) filter (
             e.source_offset = r.source_offset and e.source_partition = r.source_partition) as d
           from recommendations r left join events e on e.sequence = r.sequence where r.user_id <> ''`,
        )
        expect(joined[1]).toBe(joined[0])
        const tables: string[] = []
        for (let part = 0; part < parts; part++) {
          const place = { part, of: parts }
          const [ours, theirs] = [await tablesOf(data, name, place), await tablesOf(join(folder, 'twin'), name, place)]
          tables.push(...differences(theirs.contents, ours.contents).map(line => `part ${part}: ${line}`))
        }
        const weights = [own.weightsSha256, twin.weightsSha256]
        console.log(JSON.stringify({ killed, asked, became, lists, joined, weights, tables }, null, 1))
        expect(became.outcomes).toMatchObject({ missing: 0, twice: 0, foreign: 0 })
        expect(became).toMatchObject({ misnumbered: 0, elsewhere: 0, outOfOrder: 0 })
        expect(lists).toMatchObject({ missing: 0, twice: 0, other: 0 })
        expect(twin.weightsSha256).toBe(own.weightsSha256)
        expect(tables).toEqual([])
      } finally {
        for (const each of running) killAll(each)
        await log.close().catch(() => {})
        await broker.stop().catch(() => {})
      }
    }))
})
