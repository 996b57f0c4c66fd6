import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { belowNormal, yielding } from './below-normal.ts'

interface ProcessLimits {
  memoryMb: number
  /** Null: as long as it takes; its parent watches the time. */
  cpuSeconds: number | null
  /** It may write files (default false). */
  files?: boolean
}

/**
 * Start a program in limits that the operating system holds, with nothing of our environment, where secrets may be. It yields
 * to the pipeline's own processes.
 *
 * It reads from a pipe and writes to standard error and file descriptor 3. It can write no file at all
 * unless it may, and never a core file. Where a system lacks a limit, and on Windows all of them, the caller's watch is left.
 */
export function startLimited(command: readonly [string, ...string[]], limits: ProcessLimits): ChildProcess {
  const [program, ...args] = command
  const options = { env: {}, stdio: ['pipe', 'ignore', 'pipe', 'pipe'] as ['pipe', 'ignore', 'pipe', 'pipe'] }
  if (process.platform === 'win32') {
    const { SystemRoot = 'C:\\Windows' } = process.env
    const child = spawn(program, args, { ...options, env: { SystemRoot }, windowsHide: true })
    belowNormal(child.pid)
    return child
  }
  const settings = [
    '-c 0',
    ...(limits.files ? [] : ['-f 0']),
    ...(limits.cpuSeconds === null ? [] : [`-t ${limits.cpuSeconds}`]),
    `-d ${limits.memoryMb * 1024}`,
  ].map(limit => `ulimit ${limit} 2>/dev/null`)
  return spawn('/bin/sh', ['-c', `${settings.join('; ')}; ${yielding()}exec "$0" "$@"`, program, ...args], options)
}

/**
 * What this Node maps for machine code before it runs any, MiB: half a GiB from Node 24 on, which counts as memory of the
 * process although it is hardly used. A limited Node needs so much more.
 */
export function codeRangeMb(): number {
  try {
    const maps = readFileSync('/proc/self/maps', 'utf8')
    const ranges = [...maps.matchAll(/^(\w+)-(\w+) rwxp/gm)]
    const sizes = ranges.map(([, from, to]) => Number.parseInt(to!, 16) - Number.parseInt(from!, 16))
    return Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20)
  } catch {
    return 0
  }
}

/** Call back as soon as a process holds more than so many MiB, where the system tells (Linux); returns how to stop. */
export function watchMemory(child: ChildProcess, memoryMb: number, onMore: () => void): () => void {
  const timer = setInterval(() => {
    if (residentMb(child.pid) > memoryMb) onMore()
  }, 25)
  return () => clearInterval(timer)
}

function residentMb(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
