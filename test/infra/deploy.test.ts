import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { describeKafka } from '../kafka/brokers.ts'
import { type Command, killAll, processesUnder, recstream, root, until } from '../promises/command.ts'
import { addressOf } from '../promises/served-shop.ts'
import { folder, given, shardsFolder, shardsOverlay, variablesIn, workloads } from './manifests.ts'

// Where a module finds the package by its name.
const scratch = mkdtempSync(join(root, 'dist', 'deploy-'))
const running: Command[] = []
afterAll(() => {
  for (const each of running) killAll(each)
  for (const each of [scratch, shardsData]) rmSync(each, { recursive: true, force: true })
})

const containers = new Map(
  workloads().map(({ metadata, spec }) => [
    metadata.name.replace('recstream-', ''),
    { ...spec.template.spec.containers[0], grace: spec.template.spec.terminationGracePeriodSeconds },
  ]),
)
const [ingestPods] = workloads(shardsFolder) as [ReturnType<typeof workloads>[number]]
const ingest = ingestPods.spec.template.spec.containers[0]
/** Sockets of parts lie in it, whose paths have to be short. */
const shardsData = mkdtempSync(join(tmpdir(), 'shards-'))
const systemd = join(root, 'infra', 'systemd')
const units = ['recstream.service', 'recstream-standby.service', 'recstream-ingest@.service', 'recstream-learn.service']
const unit = (name: string) => readFileSync(join(systemd, name), 'utf8')

describeKafka('what Kubernetes is to run, over Kafka', broker => {
  test('leads, follows and stands by, is ready where its probe asks, and ends within its grace', async () => {
    const name = `deployed-${randomUUID().slice(0, 8)}`
    const module = join(scratch, 'shop.mjs')
    writeFileSync(module, readFileSync(join(folder, 'shop.mjs'), 'utf8').replace("name: 'shop'", `name: '${name}'`))
    const tokens = readFileSync(join(folder, 'tokens'), 'utf8')
    const BROKERS = broker().brokers.join(',')
    const begun = []
    for (const role of ['leader', 'standby', 'followers']) {
      const { args, ports, readinessProbe, livenessProbe, lifecycle, grace } = containers.get(role)!
      const address = `0.0.0.0:${ports[0].containerPort}`
      expect(args).toContain(address)
      const words = given(args, { BROKERS }).map(word =>
        word === address ? '0.0.0.0:0' : word === '/app/own/shop.mjs' ? module : word,
      )
      const env = { RECSTREAM_DATA: join(scratch, role), RECSTREAM_HTTP_TOKENS: tokens }
      const command = recstream(words, { env })
      running.push(command)
      const url = (await addressOf(command)).replace('0.0.0.0', '127.0.0.1')
      const answers = async (path: string) => (await fetch(`${url}${path}`)).status
      expect(await answers(livenessProbe.httpGet.path)).toBe(200)
      await until(`${role} to be ready`, async () => (await answers(readinessProbe.httpGet.path)) === 200)
      begun.push({ command, url, left: 1_000 * (grace - Number(lifecycle.preStop.exec.command[1])) })
    }
    const [read, write] = tokens.split('\n').map(line => line.split(' ')[1]!)
    const asking = { authorization: `Bearer ${read}` }
    const [{ url: leader }, , { url: follower }] = begun as [{ url: string }, unknown, { url: string }]
    const sent = await fetch(`${follower}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${write}`, 'content-type': 'application/json' },
      body: JSON.stringify(
        Array.from({ length: 12 }, (_, k) => ({
          ...{ eventId: `e${k}`, userId: `u${k % 3}`, itemId: `i${k % 4}`, behaviour: 'view' },
          time: Date.now() - 1_000 + k,
        })),
      ),
    })
    expect(sent.status).toBe(200)
    for (const url of [leader, follower]) {
      await until('a list', async () => {
        const answer = await fetch(`${url}/v1/users/u1/recommendations`, { headers: asking })
        return answer.status === 200 && ((await answer.json()) as { items: unknown[] }).items.length > 0
      })
    }
    for (const { command, left } of begun.toReversed()) {
      const asked = performance.now()
      command.child.kill('SIGTERM')
      expect((await command.ended).code).toBe(0)
      expect(performance.now() - asked).toBeLessThan(left)
    }
  }, 120_000)

  test('shares ingest between two shards, whose probes tell one that answers from one that stands', async () => {
    const name = `sharded-${randomUUID().slice(0, 8)}`
    const module = join(scratch, 'sharded.mjs')
    writeFileSync(
      module,
      readFileSync(join(shardsFolder, 'shop.mjs'), 'utf8').replace("name: 'shop'", `name: '${name}'`),
    )
    const tokens = readFileSync(join(folder, 'tokens'), 'utf8')
    const BROKERS = broker().brokers.join(',')
    const begun = (role: string, args: readonly string[], values: Record<string, string> = {}) => {
      const words = given(args, { BROKERS, ...values }).map(word =>
        word === '0.0.0.0:8080' ? '0.0.0.0:0' : word === '/app/own/shop.mjs' ? module : word,
      )
      const env = { RECSTREAM_DATA: join(shardsData, role), RECSTREAM_HTTP_TOKENS: tokens }
      const command = recstream(words, { env })
      running.push(command)
      return command
    }
    /** What the probe of a pod says, with the pod's data where it has it. */
    const probed = ({ exec }: { exec: { command: string[] } }, role: string) => {
      const [, , , wanted] = exec.command
      expect(exec.command).toEqual(['node', '/app/probe/answers.mjs', '/data', wanted])
      const script = join(shardsFolder, 'answers.mjs')
      return spawnSync(process.execPath, [script, join(shardsData, role), wanted!]).status
    }
    const { SHARDS } = variablesIn(join(shardsFolder, 'shards.env')) as { SHARDS: string }
    const shards = Array.from({ length: Number(SHARDS) }, (_, SHARD) => `${SHARD}`)
    expect(probed(ingest.readinessProbe, 'ingest-0')).toBe(1)
    expect(probed(ingest.livenessProbe, 'ingest-0')).toBe(0)
    const ingests = shards.map(SHARD => begun(`ingest-${SHARD}`, ingest.args, { SHARD, SHARDS }))
    const learner = begun('leader', shardsOverlay().leader)
    const follower = begun('followers', containers.get('followers')!.args)
    for (const SHARD of shards) {
      await until(`shard ${SHARD} to be ready`, () => probed(ingest.readinessProbe, `ingest-${SHARD}`) === 0)
      expect(probed(ingest.livenessProbe, `ingest-${SHARD}`)).toBe(0)
      const parts = readdirSync(join(shardsData, `ingest-${SHARD}`, name, 'parts')).sort()
      expect(parts).toEqual([`${SHARD}-of-4`, `${Number(SHARD) + 2}-of-4`])
    }
    const [read, write] = tokens.split('\n').map(line => line.split(' ')[1]!)
    const urls = []
    for (const command of [learner, follower]) {
      const url = (await addressOf(command)).replace('0.0.0.0', '127.0.0.1')
      await until('it to be ready', async () => (await fetch(`${url}/readyz`)).status === 200)
      urls.push(url)
    }
    const sent = await fetch(`${urls[1]}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${write}`, 'content-type': 'application/json' },
      body: JSON.stringify(
        Array.from({ length: 64 }, (_, k) => ({
          ...{ eventId: `e${k}`, userId: `u${k % 16}`, itemId: `i${k % 4}`, behaviour: 'view' },
          time: Date.now() - 1_000 + k,
        })),
      ),
    })
    expect(sent.status).toBe(200)
    // Users of both shards.
    for (const url of urls) {
      for (let user = 0; user < 16; user++) {
        await until('a list', async () => {
          const asked = { headers: { authorization: `Bearer ${read}` } }
          const answer = await fetch(`${url}/v1/users/u${user}/recommendations`, asked)
          return answer.status === 200 && ((await answer.json()) as { items: unknown[] }).items.length > 0
        })
      }
    }
    // A process that stands: it takes the question, and says nothing.
    const [first] = processesUnder(ingests[0]!.child.pid!)
    process.kill(first!.pid, 'SIGSTOP')
    expect(probed(ingest.livenessProbe, 'ingest-0')).toBe(1)
    expect(probed(ingest.livenessProbe, 'ingest-1')).toBe(0)
    process.kill(first!.pid, 'SIGCONT')
    expect(probed(ingest.livenessProbe, 'ingest-0')).toBe(0)
    const grace = ingestPods.spec.template.spec.terminationGracePeriodSeconds
    for (const command of [...ingests, follower, learner]) {
      const asked = performance.now()
      command.child.kill('SIGTERM')
      expect((await command.ended).code).toBe(0)
      expect(performance.now() - asked).toBeLessThan(1_000 * grace)
    }
    expect(probed(ingest.readinessProbe, 'ingest-0')).toBe(1)
  }, 180_000)
})

describe('units of systemd and services of compose', () => {
  test('run what Kubernetes runs', () => {
    const words = (role: string) => containers.get(role)!.args.slice(0, 1)
    const options = (args: readonly string[]) => args.filter(word => word.startsWith('--')).sort()
    const compose = parse(readFileSync(join(root, 'infra', 'docker-compose.yml'), 'utf8')) as {
      services: Record<string, { command: string[] }>
    }
    for (const [k, role] of ['leader', 'standby'].entries()) {
      const [, ...started] = /^ExecStart=(.*)$/m.exec(unit(units[k]!))![1]!.split(' ')
      const { args } = containers.get(role)!
      expect(started.slice(0, 1)).toEqual(words(role))
      expect(options(started)).toEqual(options(args))
      const { command } = compose.services[role === 'leader' ? 'recstream' : role]!
      expect(command.slice(0, 1)).toEqual(words(role))
      // With samples of its own, and on this machine alone, it is without tokens.
      expect(options(command)).toEqual(options([...args, '--open']).filter(word => word !== '--no-import'))
    }
  })

  test('run the shards and their learner as Kubernetes does', () => {
    const started = (name: string) => /^ExecStart=(.*)$/m.exec(unit(name))![1]!.split(' ').slice(1)
    const plain = (args: readonly string[]) =>
      args.map(word =>
        word
          .replace(/^\.\/shop\.mjs$/, '/app/own/shop.mjs')
          .replace(/\$\{(\w+)\}/g, '$($1)')
          .replace('%i', '$(SHARD)'),
      )
    expect(plain(started('recstream-ingest@.service'))).toEqual(ingest.args)
    const { leader } = shardsOverlay()
    expect(
      plain(started('recstream-learn.service')).map(word => (word === '$(LISTEN)' ? '0.0.0.0:8080' : word)),
    ).toEqual(leader)

    const { services, volumes } = parse(readFileSync(join(root, 'infra', 'docker-compose.shards.yml'), 'utf8'), {
      merge: true,
    }) as { services: Record<string, { command: string[]; volumes?: string[] }>; volumes: Record<string, unknown> }
    // A sample's parts are settings, where Kubernetes has them in the module.
    const parts = ['--set', 'parts=2', '--set', 'partitions=4']
    const as = (args: readonly string[]) =>
      given(args, { BROKERS: 'kafka:19092', SHARDS: '2' }).map(word =>
        word === '/app/own/shop.mjs' ? `\${PIPELINE:-kuairand}` : word,
      )
    const withParts = (args: readonly string[]) => {
      const at = args.indexOf('--brokers')
      return [...args.slice(0, at), ...parts, ...args.slice(at)]
    }
    for (const shard of ['0', '1']) {
      const { command, volumes: mounted } = services[`ingest-${shard}`]!
      expect(command).toEqual(withParts(given(as(ingest.args), { SHARD: shard })))
      expect(mounted![0]).toBe(`ingest-${shard}:/data`)
    }
    expect(services['recstream']!.command).toEqual([...withParts(as(leader)), '--open'])
    expect(services['standby']!.command).toEqual([...withParts(as(containers.get('standby')!.args)), '--open'])
    expect(Object.keys(volumes)).toEqual(['ingest-0', 'ingest-1', 'import'])
  })

  test('name the variables that their file of settings holds', () => {
    const settings = readFileSync(join(systemd, 'recstream.env'), 'utf8')
    const named = units.flatMap(name => [...unit(name).matchAll(/\$\{(\w+)\}/g)].map(match => match[1]!))
    for (const name of named) expect(settings).toMatch(new RegExp(`^${name}=.`, 'm'))
    expect(readdirSync(systemd).sort()).toEqual([...units, 'recstream.env'].sort())
  })

  test('are units as systemd reads them, where it is installed', context => {
    cpSync(systemd, scratch, { recursive: true })
    for (const name of units) {
      const file = join(scratch, name)
      writeFileSync(file, unit(name).replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`))
      const { error, status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' })
      if (error !== undefined) context.skip('there is no systemd-analyze here')
      expect(`${status} ${stderr}`.trim()).toBe('0')
    }
  })
})
