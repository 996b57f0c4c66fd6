import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../src/package-root.ts'

export const root = packageRoot()

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface Command {
  child: ChildProcess
  ended: Promise<Ended>
  /** What it has said on stderr so far. */
  said: () => string
}

/** Run the built command line; `dist` may be that of a build changed on purpose. */
export function recstream(
  args: readonly string[],
  options: { env?: Record<string, string>; dist?: string } = {},
): Command {
  const main = join(options.dist ?? join(root, 'dist'), 'src', 'cli', 'main.js')
  const child = spawn(process.execPath, [main, ...args], {
    cwd: root,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout!.setEncoding('utf8').on('data', part => (stdout += part))
  child.stderr!.setEncoding('utf8').on('data', part => (stderr += part))
  const ended = new Promise<Ended>(resolve => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, ended, said: () => stderr }
}

/** The processes under a supervisor, by role, as the system knows them now (Linux). */
export function processesUnder(pid: number): { role: string; pid: number }[] {
  const found: { role: string; pid: number }[] = []
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      const parent = Number(readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1]!.split(' ')[1])
      if (parent !== pid) continue
      const words = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0').filter(Boolean)
      if (words.some(word => word.endsWith('child.js'))) found.push({ role: words.at(-1)!, pid: Number(entry) })
    } catch {
      // It ended while we looked.
    }
  }
  return found
}

/** Kill a supervisor and the processes under it, if they still run. */
export function killAll({ child }: Command): void {
  for (const { pid } of processesUnder(child.pid!)) process.kill(pid, 'SIGKILL')
  child.kill('SIGKILL')
}

/** Wait for a condition, looking every few milliseconds; fails with what was waited for. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

/** The JSON object on the last line of a command's output. */
export function lastLine<T>(ended: Ended): T {
  const line = ended.stdout.trim().split('\n').at(-1) ?? ''
  if (!line.startsWith('{'))
    throw new Error(`no JSON on the last line (exit ${ended.code}): ${line}\n${ended.stderr.slice(-3000)}`)
  return JSON.parse(line) as T
}
