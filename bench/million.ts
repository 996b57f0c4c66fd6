import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../src/package-root.ts'
import type { Row } from './results.ts'

/** Resident memory of a whole run over generated events: at its end against at a third of it. */
export async function benchMillion(events: number, say: (line: string) => void): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-bench-'))
  try {
    const source = `events=${events},users=20000,items=5000`
    const args = ['start', 'generated', '--source', source, '--data', folder, '--until-idle', '--json']
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
        what: `${count(events)} generated events end to end`,
        value: summary.eventsPerSecond,
        unit: 'events/s',
      },
      { what: '– resident memory at a third (all processes)', value: third, unit: 'MiB' },
      { what: '– resident memory at the end (all processes)', value: end, unit: 'MiB' },
      { what: '– end over third', value: end / third, unit: 'ratio' },
      { what: '– resident memory at its highest', value: Math.max(...samples.map(({ rss }) => rss)), unit: 'MiB' },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
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
