import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs'
import { afterEach, describe, expect, test } from 'vitest'
import { deadLetterNumberHeader } from '../../src/ingest/collect/dead-letter.ts'
import { type RunningBroker, startBroker } from '../../src/log/kafka/broker.ts'
import { freePorts } from '../../src/log/kafka/broker-config.ts'
import { detectBrokerRuntime } from '../../src/log/kafka/broker-runtime.ts'
import { createClient } from '../../src/log/kafka/client.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { topicsOf } from '../../src/records/topics.ts'
import { text } from '../log/fixtures/read.ts'
import { type Command, killAll, processesUnder, recstream, root, until } from '../promises/command.ts'
import { ownPipeline } from '../promises/own-pipeline.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-connect-'))
  open.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A broker with these settings besides its own. */
async function brokerWith(settings: Record<string, string>, secure = false): Promise<RunningBroker> {
  const folder = scratch()
  const broker = await startBroker({ folder, secure })
  open.push(() => broker.stop())
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  appendFileSync(join(folder, 'server.properties'), `\n${lines.join('\n')}\n`)
  await broker.restart()
  return broker
}

/** A pipeline of this name with fifty events; its module's path. */
function fiftyEvents(name: string): string {
  const file = join(scratch(), `${name}.mjs`)
  const door = pathToFileURL(join(root, 'dist', 'src', 'index.js')).href
  writeFileSync(
    file,
    `import { definePipeline } from '${door}'
export default definePipeline({ name: '${name}', behaviours: ['click'], reward: () => 1, scale: { kind: 'watch', positiveFrom: 0.5 },
  source: { read: () => ({ profiles: () => [], items: () => [], *events() {
    for (let n = 0; n < 50; n++) yield { eventId: 'a' + n, userId: 'u' + n, itemId: 'x', behaviour: 'click',
      time: 1.7e12 + n, value: null, properties: {}, recommendationId: null }
  } }) },
})
`,
  )
  return file
}

function run(args: readonly string[], env: Record<string, string> = {}): Command {
  const command = recstream(args, { env })
  open.push(() => killAll(command))
  return command
}

const java = (await detectBrokerRuntime())?.kind === 'java'

describe.skipIf(!java)('a cluster that is not as it should be', () => {
  test('one broker that is to keep three copies of transactions ends a start with the setting', async () => {
    const { brokers } = await brokerWith({
      'transaction.state.log.replication.factor': '3',
      'transaction.state.log.min.isr': '2',
    })
    const pipeline = ownPipeline(scratch(), 'copies', 'generated')
    const { code, stderr } = await run(['start', pipeline, '--brokers', brokers[0]!, '--data', scratch()]).ended
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /error\[LOG_MISCONFIGURED\]: Kafka keeps no transactions: transaction\.state\.log\.replication\.factor is 3 and only 1 broker runs; set it and transaction\.state\.log\.min\.isr to 1 in each/,
    )
    expect(stderr).not.toContain('started again')
  })

  test('positions that it cannot keep are said once, and the pipeline works', async () => {
    const { brokers } = await brokerWith({ 'offsets.topic.replication.factor': '3' })
    const pipeline = fiftyEvents('positions')
    const source = scratch()
    const command = run(['start', pipeline, '--source', source, '--brokers', brokers[0]!, '--data', scratch()])
    await until('it is said', () => /Kafka keeps no positions of groups/.test(command.said()), 120_000)
    const log = await openKafkaLog({ brokers })
    open.push(() => log.close())
    await until('it works', async () => (await log.newest(topicsOf('positions').interestSequences)).length > 0, 120_000)
    command.child.kill('SIGINT')
    expect(await command.ended).toMatchObject({ code: 0 })
    expect(command.said().match(/Lag tools see nothing of positions.ingest/g)).toHaveLength(1)
  })

  test('an advertised address that nobody listens at is named', async () => {
    const [port] = await freePorts(1)
    const { brokers } = await brokerWith({ 'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}` })
    const error = await openKafkaLog({ brokers }).catch(thrown => thrown)
    expect(error).toMatchObject({
      code: 'LOG_UNAVAILABLE',
      message: expect.stringContaining(`Kafka at ${brokers[0]} sends clients on to 127.0.0.1:${port}, `),
    })
    const { code, stdout } = await run(['doctor', '--brokers', brokers[0]!, '--data', scratch()]).ended
    expect(code).toBe(1)
    expect(stdout).toMatch(new RegExp(`ok +connect +${brokers[0]} answers`))
    expect(stdout).toMatch(new RegExp(`problem +advertised +Kafka at .* sends clients on to 127\\.0\\.0\\.1:${port}`))
  })

  test('the rights of the page are enough, and each but the right on groups is needed', async () => {
    const broker = await brokerWith({ 'allow.everyone.if.no.acl.found': 'false' }, true)
    const { username, password, saslPlaintext } = broker.secureListeners!
    const admin = createClient({ brokers: broker.brokers }).admin()
    await admin.connect()
    open.push(() => admin.disconnect())
    const name = 'rights'
    const entry = (resource: 'TOPIC' | 'TRANSACTIONAL_ID' | 'GROUP', operation: keyof typeof AclOperationTypes) => ({
      resourceType: AclResourceTypes[resource],
      resourceName: `${name}.`,
      resourcePatternType: ResourcePatternTypes.PREFIXED,
      principal: `User:${username}`,
      host: '*',
      operation: AclOperationTypes[operation],
      permissionType: AclPermissionTypes.ALLOW,
    })
    const pipeline = fiftyEvents(name)
    const login = ['--brokers', saslPlaintext, '--sasl', 'scram-sha-256', '--sasl-username', username]
    const start = async () => {
      const args = ['start', pipeline, '--until-idle', '--source', scratch(), '--data', scratch(), ...login]
      const { code, stderr } = await run(args, { RECSTREAM_SASL_PASSWORD: password }).ended
      expect(stderr).not.toContain(password)
      return { code, stderr }
    }
    const first = await start()
    expect(first.stderr).toMatch(/error\[LOG_FORBIDDEN\]/)
    for (const operation of ['CREATE', 'DESCRIBE_CONFIGS', 'READ', 'WRITE'] as const) {
      await admin.createAcls({ acl: [entry('TOPIC', operation)] })
    }
    expect((await start()).stderr).toMatch(/lacks the right Write on the transactional id rights\./)
    await admin.createAcls({ acl: [entry('TRANSACTIONAL_ID', 'WRITE')] })
    const without = await start()
    expect(without).toMatchObject({ code: 0 })
    expect(without.stderr.match(/Lag tools see nothing of rights.ingest, and all else goes on/g)).toHaveLength(1)
    await admin.createAcls({ acl: [entry('GROUP', 'READ')] })
    const whole = await start()
    expect(whole).toMatchObject({ code: 0 })
    expect(whole.stderr).not.toContain('Lag tools')
  })
})

describe.skipIf(!java)('two runs of one pipeline with two data folders', () => {
  const begin = (pipeline: string, brokers: readonly string[], data: string) =>
    run(['start', pipeline, '--no-import', '--brokers', brokers.join(','), '--data', data])
  const ready = (command: Command) => until('it is ready', () => /Ready: /.test(command.said()), 120_000)

  test.each(['running', 'stopped by SIGSTOP until the newer one is at work'])(
    'the older one (%s) ends and names the newer one, which goes on undisturbed',
    async how => {
      const { brokers } = await brokerWith({})
      const pipeline = ownPipeline(scratch(), 'twice', 'generated')
      const older = begin(pipeline, brokers, scratch())
      await ready(older)
      const all = [older.child.pid!, ...processesUnder(older.child.pid!).map(({ pid }) => pid)]
      const signal = (name: NodeJS.Signals) => {
        for (const pid of all) process.kill(pid, name)
      }
      if (how !== 'running') signal('SIGSTOP')
      const folder = scratch()
      const newer = begin(pipeline, brokers, folder)
      await ready(newer)
      if (how !== 'running') signal('SIGCONT')
      const { code, stderr } = await older.ended
      expect(code).toBe(1)
      expect(stderr).toMatch(
        new RegExp(
          `error\\[TAKEN_OVER\\]: twice\\.\\w+ was taken over by the run that process ${newer.child.pid} .* with the data folder ${folder}/twice; this run ends`,
        ),
      )
      expect(stderr).not.toContain('started again')

      const log = await openKafkaLog({ brokers })
      open.push(() => log.close())
      const { behaviourEvents, deadLetters } = topicsOf('twice')
      await (await log.producer('somebody')).append(behaviourEvents, [text('no event')])
      await until('the newer one works', async () => (await log.newest(deadLetters)).length > 0, 120_000)
      expect(newer.said()).not.toMatch(/error|again/)
    },
  )

  test('without the right to see each other, neither starts again for ever', async () => {
    const broker = await brokerWith({}, true)
    const { username, password, saslPlaintext } = broker.secureListeners!
    const admin = createClient({ brokers: broker.brokers }).admin()
    await admin.connect()
    open.push(() => admin.disconnect())
    const rule = {
      principal: `User:${username}`,
      host: '*',
      resourceType: AclResourceTypes.GROUP,
      resourceName: 'twice.',
    }
    const deny = { operation: AclOperationTypes.ALL, permissionType: AclPermissionTypes.DENY }
    await admin.createAcls({ acl: [{ ...rule, ...deny, resourcePatternType: ResourcePatternTypes.PREFIXED }] })
    const pipeline = ownPipeline(scratch(), 'twice', 'generated')
    const login = ['--sasl', 'plain', '--sasl-username', username]
    const start = () =>
      run(['start', pipeline, '--no-import', '--brokers', saslPlaintext, ...login, '--data', scratch()], {
        RECSTREAM_SASL_PASSWORD: password,
      })
    const one = start()
    await ready(one)
    const other = start()
    await ready(other)
    const log = await openKafkaLog({ brokers: broker.brokers })
    open.push(() => log.close())
    const producer = await log.producer('somebody')
    const { behaviourEvents, deadLetters } = topicsOf('twice')
    const rejected = async () =>
      Number((await log.newest(deadLetters))[0]?.headers[deadLetterNumberHeader]?.toString() ?? 0)
    let sent = 0
    let over = false
    const ended = Promise.race([one.ended, other.ended]).finally(() => (over = true))
    await until(
      'one of them ends',
      async () => {
        await producer.append(behaviourEvents, [text('no event')])
        sent++
        await until(`event ${sent} is rejected`, async () => over || (await rejected()) >= sent, 120_000)
        return over
      },
      300_000,
    )
    const { code, stderr } = await ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/error\[PRODUCER_FENCED\]: /)
    expect(stderr.match(/started again/g)?.length ?? 0).toBeLessThanOrEqual(4)
  })
})
