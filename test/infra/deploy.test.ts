import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { describeKafka } from '../kafka/brokers.ts'
import { type Command, killAll, recstream, root, until } from '../promises/command.ts'
import { addressOf } from '../promises/served-shop.ts'
import { folder, given, workloads } from './manifests.ts'

// Where a module finds the package by its name.
const scratch = mkdtempSync(join(root, 'dist', 'deploy-'))
const running: Command[] = []
afterAll(() => {
  for (const each of running) killAll(each)
  rmSync(scratch, { recursive: true, force: true })
})

const containers = new Map(
  workloads().map(({ metadata, spec }) => [
    metadata.name.replace('recstream-', ''),
    { ...spec.template.spec.containers[0], grace: spec.template.spec.terminationGracePeriodSeconds },
  ]),
)
const systemd = join(root, 'infra', 'systemd')
const units = ['recstream.service', 'recstream-standby.service']
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

  test('name the variables that their file of settings holds', () => {
    const settings = readFileSync(join(systemd, 'recstream.env'), 'utf8')
    const named = units.flatMap(name => [...unit(name).matchAll(/\$\{(\w+)\}/g)].map(match => match[1]!))
    for (const name of named) expect(settings).toMatch(new RegExp(`^${name}=.`, 'm'))
    expect(readdirSync(systemd).sort()).toEqual(['recstream-standby.service', 'recstream.env', 'recstream.service'])
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
