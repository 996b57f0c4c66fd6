import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { decodeModelVersion } from '../../src/codec/output.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { topicsOf } from '../../src/records/topics.ts'
import { seededRandom } from '../../src/state/random.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { allOf } from '../log/fixtures/read.ts'
import { movieLensIsHere } from '../movielens.ts'
import { type Command, killAll, recstream, root, until } from '../promises/command.ts'
import { ownPipeline } from '../promises/own-pipeline.ts'
import { addressOf } from '../promises/served-shop.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-follow-movielens-'))
const running: Command[] = []
afterAll(() => {
  for (const each of running) killAll(each)
  rmSync(folder, { recursive: true, force: true })
})
const source = fileURLToPath(new URL('../shared/data/ml-100k', `file://${root}/`))

interface Answer {
  status: number
  position: number
  id: string
  body: string
}

async function ask(url: string, user: number): Promise<Answer> {
  const answer = await fetch(`${url}/v1/users/${user}/recommendations`)
  const body = await answer.text()
  const position = Number(answer.headers.get('recstream-position') ?? 0)
  const id = answer.status === 200 ? (JSON.parse(body) as { recommendationId: string }).recommendationId : ''
  return { status: answer.status, position, id, body }
}

describeKafka('a follower of ML-100K, over Kafka', broker => {
  test.skipIf(!movieLensIsHere)(
    'is the leader, bit for bit, at every version and at the end, with lists asked for at random moments',
    { timeout: 900_000 },
    async () => {
      const name = `movielens-${randomUUID().slice(0, 8)}`
      const pipeline = ownPipeline(folder, name, 'movielens')
      const brokers = broker().brokers
      const common = ['--brokers', brokers.join(','), '--http', '0', '--set', 'learn.checkpointEvery=2000']
      const run = async (...args: string[]) => {
        const command = recstream([...args, ...common])
        running.push(command)
        return { command, url: await addressOf(command) }
      }
      const leader = await run('start', pipeline, '--source', source, '--data', join(folder, 'leader'))
      const follower = await run('serve', pipeline, '--follow', '--data', join(folder, 'follower'))
      const random = seededRandom(1, 'lists of movielens')
      const seen = new Map<string, string>()
      let [asked, sameRow, end] = [0, 0, 0]
      const both = async (user: number) => {
        const answers = await Promise.all([ask(leader.url, user), ask(follower.url, user)])
        for (const { status, position, id, body } of answers) {
          if (status !== 200) continue
          asked += 1
          end = Math.max(end, position)
          // Whoever made it: a list of this row for this user is one list.
          const known = seen.get(id)
          if (known !== undefined) {
            sameRow += 1
            expect(body).toBe(known)
          }
          seen.set(id, body)
        }
        return answers
      }
      await until(
        'all events to be learned from, by both',
        async () => {
          const [own, theirs] = await both(1 + random.integer(943))
          return (
            own!.position === theirs!.position &&
            own!.position >= 99_000 &&
            /100,000 of 100,000/.test(leader.command.said())
          )
        },
        800_000,
      )
      await until('both at the end', async () => {
        const [own, theirs] = await both(1)
        return own!.position === theirs!.position && own!.position === end
      })
      for (let user = 1; user <= 943; user++) {
        const [own, theirs] = await both(user)
        expect(theirs).toEqual(own)
      }
      for (const { command } of [follower, leader]) {
        command.child.kill('SIGTERM')
        expect((await command.ended).code).toBe(0)
      }
      expect(follower.command.said()).not.toContain('FOLLOWER_DIFFERS')
      const log = await openKafkaLog({ brokers })
      const versions = (await allOf(log, topicsOf(name).modelVersions)).filter(({ value }) => value !== null)
      await log.close()
      const steps = new Set(versions.map(({ value }) => decodeModelVersion(value!).version))
      console.log(
        `${end} rows, ${steps.size} versions, ${asked} lists asked for, ${sameRow} of them of both at one row`,
      )
      expect(steps.size).toBeGreaterThanOrEqual(Math.floor(end / 2_000))
      expect(sameRow).toBeGreaterThanOrEqual(943)
    },
  )
})
