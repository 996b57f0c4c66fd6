import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { decodeModelVersion, decodeRecommendation } from '../../src/codec/output.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { besideHeader } from '../../src/log/published.ts'
import { topicsOf } from '../../src/records/topics.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { allOf } from '../log/fixtures/read.ts'
import { type Command, killAll, lastLine, processesUnder, recstream, until } from './command.ts'
import { ownPipeline } from './own-pipeline.ts'
import { addressOf } from './served-shop.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-standby-'))
const running: Command[] = []
afterAll(() => {
  for (const each of running) killAll(each)
  rmSync(folder, { recursive: true, force: true })
})

test('what stands by without following is refused in one sentence, and how long it waits is checked', async () => {
  const pipeline = ownPipeline(folder, 'alone', 'generated')
  const alone = await recstream(['serve', pipeline, '--standby', '--http', '0', '--data', folder]).ended
  expect(alone.stderr).toContain('error[CONFIG_INVALID]: Only a follower can stand by; give --standby with --follow.')
  const never = await recstream(['serve', pipeline, '--follow', '--standby', '0', '--http', '0']).ended
  expect(never.stderr).toContain('Give seconds, from 0.2 to 3600; see --help.')
})

describeKafka('a standby, over Kafka', broker => {
  // Processes are found and stopped as Linux knows them.
  test.skipIf(process.platform !== 'linux')(
    'goes on where a leader hangs, which follows it when it wakes, and takes its place again once that one is dead',
    async () => {
      const name = `stood-by-${randomUUID().slice(0, 8)}`
      const pipeline = ownPipeline(folder, name, 'generated')
      const common = ['--http', '0', '--brokers', broker().brokers.join(','), '--set', 'learn.checkpointEvery=100']
      const begun = async (command: string, data: string, ...more: string[]) => {
        const started = recstream([command, pipeline, ...common, '--data', join(folder, data), ...more])
        running.push(started)
        return { ...started, url: await addressOf(started) }
      }
      const processOf = (of: Command, wanted: string) =>
        processesUnder(of.child.pid!).find(({ role }) => role === wanted)!.pid
      const list = async (url: string) => {
        const answer = await fetch(`${url}/v1/users/u5/recommendations?count=5`)
        const [status, behind] = [answer.status, answer.headers.get('recstream-behind')]
        return { status, behind, position: answer.headers.get('recstream-position'), body: await answer.json() }
      }
      let sent = 0
      /** Send more of them, and wait until a list knows them all. */
      const learned = async (url: string) => {
        const events = Array.from({ length: 70 }, () => {
          const k = sent++
          const event = { eventId: `e${k}`, userId: `u${k % 6}`, itemId: `i${k % 11}`, behaviour: 'view', value: 1 }
          return { ...event, time: Date.now() - 300_000 + 1_000 * k }
        })
        const headers = { 'content-type': 'application/json' }
        const answer = await fetch(`${url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(events) })
        expect(answer.status).toBe(200)
        await until(`a list after ${sent} events`, async () => {
          const { status, behind } = await list(url)
          return status === 200 && behind === '0'
        })
      }
      const leader = await begun('start', 'here', '--source', 'events=300,users=20,items=30,seed=1')
      const standby = await begun('serve', 'there', '--follow', '--standby')
      await until('a standby at the last event', async () => (await list(standby.url)).position === '300')

      const hung = processOf(leader, 'learn')
      process.kill(hung, 'SIGSTOP')
      await learned(standby.url)
      expect(standby.said()).toMatch(
        /The leader of stood-by-\w+ is gone; this process goes on in its place from row 301\./,
      )
      process.kill(hung, 'SIGCONT')
      await until('the other to follow', () =>
        leader.said().includes('; this one follows it, and stands by in its turn.'),
      )
      await until('both to say the same', async () => {
        const [one, other] = [await list(leader.url), await list(standby.url)]
        if (one.status !== 200 || other.status !== 200 || one.position !== other.position) return false
        expect(one.body).toEqual(other.body)
        return true
      })

      killAll(standby)
      await learned(leader.url)
      expect(leader.said()).toMatch(/The leader of stood-by-\w+ is gone/)
      const again = await begun('serve', 'anew', '--follow')
      await until('a follower that learned all of it', async () => {
        const [one, other] = [await list(leader.url), await list(again.url)]
        if (one.status !== 200 || other.status !== 200 || one.position !== other.position) return false
        expect(one.body).toEqual(other.body)
        return true
      })
      leader.child.kill('SIGTERM')
      expect(await leader.ended).toMatchObject({ code: 0 })
      again.child.kill('SIGTERM')
      await again.ended
      // A run that is to end leads before it does.
      const idle = ['--no-import', '--no-http', '--until-idle', '--json', ...common.slice(2)]
      const last = await recstream(['start', pipeline, '--data', join(folder, 'here'), ...idle]).ended
      expect(last).toMatchObject({ code: 0 })
      expect(lastLine(last)).toMatchObject({ sequences: 440, modelVersion: 440 })

      const log = await openKafkaLog({ brokers: broker().brokers })
      const topics = topicsOf(name)
      const lists = (await allOf(log, topics.recommendations)).filter(({ headers }) => !(besideHeader in headers))
      const ids = lists.map(({ value }) => decodeRecommendation(value!).recommendationId)
      expect(new Set(ids).size).toBe(ids.length)
      const versions = (await allOf(log, topics.modelVersions)).filter(({ value }) => value !== null)
      const told = versions.map(({ value }) => decodeModelVersion(value!).version)
      // The topic keeps the newest ones for sure.
      expect(told).toContain(400)
      expect(told).toEqual([...new Set(told)].toSorted((a, b) => a - b))
      await log.close()
    },
  )
})
