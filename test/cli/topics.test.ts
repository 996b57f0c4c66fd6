import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { topicSpecs } from '../../src/records/topics.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { jsonLines, recstream } from './run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-topics-'))
const data = ['--data', folder]
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('--print gives commands to paste, first for topics that are missing', async () => {
  const { stdout } = await recstream([
    ...['topics', '-p', 'generated', '--print', '--brokers', 'kafka-1:9092', '--replication-factor', '3', ...data],
    ...['--set', 'partitions=4', '--old-brokers'],
  ])
  const lines = stdout.trim().split('\n')
  expect(lines.map(line => line.split(' ')[0])).toEqual([
    ...['#', ...Array(8).fill('kafka-topics'), '', '#', ...Array(8).fill('kafka-configs')],
  ])
  expect(lines[1]).toMatch(
    /^kafka-topics --bootstrap-server kafka-1:9092 --create --if-not-exists --topic generated\.behaviour-events --partitions 4 --replication-factor 3 --config cleanup\.policy=delete/,
  )
  expect(stdout).toContain('message.timestamp.difference.max.ms=')
  expect(stdout).not.toContain('message.timestamp.before.max.ms=')
})

test('--print --json is a line for each topic', async () => {
  const { stdout } = await recstream(['topics', '-p', 'generated', '--print', '--json', ...data])
  const topics = jsonLines(stdout)
  expect(topics).toHaveLength(8)
  expect(topics[0]).toEqual({
    ...{ topic: 'generated.behaviour-events', partitions: 1, replicationFactor: null },
    settings: expect.objectContaining({ 'retention.ms': '-1', 'cleanup.policy': 'delete' }),
  })
})

describeKafka('topics on a broker', broker => {
  test('what is wrong is listed, and doctor says it with what mends it', async () => {
    const pipeline = `shop-${randomUUID().slice(0, 8)}`
    const module = join(folder, `${pipeline}.mjs`)
    writeFileSync(
      module,
      `export default { ...(await import(${JSON.stringify(new URL('../../dist/pipelines/generated/index.js', import.meta.url).href)})).default, name: '${pipeline}' }\n`,
    )
    const brokers = broker().brokers.join(',')
    const log = await openKafkaLog({ brokers: broker().brokers })
    // As many commands topics as somebody liked.
    const specs = topicSpecs(pipeline, 1).map(spec => (spec.exact ? { ...spec, partitions: 3 } : spec))
    await log.ensureTopics(specs.filter(({ name }) => !name.endsWith('.items')))
    await log.close()
    const about = ['-p', module, '--brokers', brokers, ...data]
    const [listed, examined] = await Promise.all([recstream(['topics', ...about]), recstream(['doctor', ...about])])

    expect(listed.code).toBe(1)
    expect(listed.stdout).toMatch(new RegExp(`${pipeline}\\.items +1 +– +– +missing; made at the next start`))
    expect(listed.stdout).toMatch(new RegExp(`${pipeline}\\.commands +1 +3 +1 +refused`))
    expect(listed.stdout).toMatch(new RegExp(`${pipeline}\\.recommendations +1 +1 +1 +as it should be`))
    const mended = `kafka-topics --bootstrap-server ${brokers} --delete --topic ${pipeline}.commands`
    expect(listed.stdout).toContain(`  ${mended}\n`)
    expect(examined.code).toBe(1)
    expect(examined.stdout).toMatch(/problem .*have partitions=3: only the first would be read; make it anew/)
    expect(examined.stdout).toContain(`→ ${mended}\n`)
  })
})
