import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../src/pipeline/package-root.ts'
import type { Row } from './results.ts'

/**
 * Resident memory of a whole run over generated events: at its end against at a third of it.
 *
 * With `short` sessions every user comes, and the learner may remember all of them.
 */
export async function benchMillion(
  { events, users, items, short }: { events: number; users: number; items: number; short: boolean },
  say: (line: string) => void,
): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-bench-'))
  try {
    const source = `events=${events},users=${users},items=${items}${short ? ',session=0' : ''}`
    const args = ['start', 'generated', '--source', source, '--data', folder, '--until-idle', '--json']
    const settings = { 'learn.maxUsers': users, 'learn.maxItems': items, 'window.usersInMemory': users }
    if (short) for (const [setting, value] of Object.entries(settings)) args.push('--set', `${setting}=${value}`)
    const child = spawn(process.execPath, [join(packageRoot(), 'dist/src/cli/main.js'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', part => (output += part))
    const samples: { events: number; rss: number }[] = []
    let learned = 0
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      const counts = [...part.matchAll(/([\d,]+) of [\d,]+ events/g)].map(match =>
        Number(match[1]!.replaceAll(',', '')),
      )
      if (counts.length > 0) learned = counts.at(-1)!
      samples.push({ events: learned, rss: rssUnder(child.pid!) })
      say(`${count(learned)} events, ${Math.round(samples.at(-1)!.rss)} MiB`)
    })
    await new Promise(resolve => child.on('close', resolve))
    const summary = JSON.parse(output.trim().split('\n').at(-1)!)
    const around = (share: number) =>
      median(samples.filter(({ events: n }) => Math.abs(n / events - share) < 0.05).map(({ rss }) => rss))
    const third = around(1 / 3)
    const end = around(0.97)
    return [
      {
        what: `${count(events)} events of ${count(users)} users and ${count(items)} items, end to end`,
        value: summary.eventsPerSecond,
        unit: 'events/s',
      },
      { what: '– resident memory at a third (all processes)', value: third, unit: 'MiB' },
      { what: '– resident memory at the end (all processes)', value: end, unit: 'MiB' },
      { what: '– end over third', value: end / third, unit: 'ratio' },
      { what: '– resident memory at its highest', value: Math.max(...samples.map(({ rss }) => rss)), unit: 'MiB' },
      { what: '– users who came', value: usersIn(folder), unit: 'users' },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function usersIn(data: string): number {
  const query = 'select count(distinct user_id) as users from events'
  const args = [join(packageRoot(), 'dist/src/cli/main.js'), 'sql', '--data', data, '--json', query]
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return Number((JSON.parse(stdout) as [{ users: number }])[0].users)
}

const count = (value: number) => value.toLocaleString('en')

/** Resident memory of a process and those under it, MiB (Linux). */
function rssUnder(pid: number): number {
  let total = 0
  for (const entry of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      const parent = Number(readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1]!.split(' ')[1])
      if (Number(entry) !== pid && parent !== pid) continue
      total += Number(readFileSync(`/proc/${entry}/statm`, 'utf8').split(' ')[1]) * 4096
    } catch {
      // It ended while we looked.
    }
  }
  return total / 2 ** 20
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}
