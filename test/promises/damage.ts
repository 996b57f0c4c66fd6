import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Ended, killAll, processesUnder, recstream, until } from './command.ts'

/** What may befall a file while nobody looks. */
export type Harm = 'bits' | 'cut' | 'empty' | 'gone'
export const harms: readonly Harm[] = ['bits', 'cut', 'empty', 'gone']

/**
 * Harm a file or folder, in places drawn from `random`; what was done, in words.
 *
 *     harm(layoutOf(data, 'shop').warehouse, 'bits', seeded(1))   // 'warehouse.duckdb: bit 3 of byte 4711'
 */
export function harm(path: string, how: Harm, random: () => number): string {
  const name = path.split('/').slice(-2).join('/')
  if (how === 'gone') {
    rmSync(path, { recursive: true, force: true })
    return `${name}: gone`
  }
  const { size } = statSync(path)
  if (how === 'empty' || size === 0) {
    truncateSync(path, 0)
    return `${name}: empty`
  }
  const at = Math.floor(random() * size)
  if (how === 'cut') {
    truncateSync(path, at)
    return `${name}: cut at byte ${at} of ${size}`
  }
  const bit = Math.floor(random() * 8)
  flipBit(path, at, bit)
  return `${name}: bit ${bit} of byte ${at} of ${size}`
}

export function flipBit(path: string, at: number, bit: number): void {
  const file = openSync(path, 'r+')
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, at)
  byte[0]! ^= 1 << bit
  writeSync(file, byte, 0, 1, at)
  closeSync(file)
}

/** Files under a folder, and the folder's own path where it is one file; in the order of their names. */
export function filesUnder(path: string): string[] {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap(name => filesUnder(join(path, name)))
}

/** Put another file in a file's place. */
export function replaceBy(path: string, other: string): string {
  copyFileSync(other, path)
  return `${path.split('/').slice(-2).join('/')}: another's`
}

/** What may befall a warehouse, its write-ahead log included. */
export const warehouseHarms = [
  ...(['bits', 'cut', 'empty', 'gone'] as const),
  ...(['half made', "another pipeline's", 'log bits', 'log cut', 'log gone'] as const),
] as const
export type WarehouseHarm = (typeof warehouseHarms)[number]

/**
 * Harm the warehouse file of a pipeline that does not run; `other` is one of another pipeline. What was done, in words;
 * null where there is no file, or no log, to harm.
 */
export function harmWarehouse(
  file: string,
  how: WarehouseHarm,
  { random, other }: { random: () => number; other: string },
): string | null {
  const log = `${file}.wal`
  if (!existsSync(how.startsWith('log') ? log : file)) return null
  if (how === "another pipeline's") {
    rmSync(log, { force: true })
    return replaceBy(file, other)
  }
  if (how === 'half made') {
    rmSync(log, { force: true })
    // DuckDB writes three headers of 4 KiB first, and makes the file valid with the last.
    truncateSync(file, Math.floor(random() * Math.min(12_288, statSync(file).size)))
    return 'warehouse.duckdb: half made'
  }
  return how.startsWith('log ') ? harm(log, how.slice(4) as Harm, random) : harm(file, how as Harm, random)
}

/**
 * Run a command to its end; once for each harm it is killed before, with all its processes, and the harm is done then.
 *
 *     await harmedRun(startArguments(run), { harms: [() => harm(file, 'bits', random)], between: [500, 3_000], random })
 */
export async function harmedRun(
  args: readonly string[],
  how: {
    harms: readonly (() => string | null)[]
    /** Whether there is anything to harm yet; from then on the time to each kill is counted. */
    ready?: () => boolean
    /** Milliseconds before each kill, drawn evenly from here. */
    between: readonly [number, number]
    random: () => number
    dist?: string
  },
): Promise<{ ended: Ended; done: string[]; said: string[] }> {
  const done: string[] = []
  const said: string[] = []
  const options = how.dist === undefined ? {} : { dist: how.dist }
  for (const each of how.harms) {
    const [least, most] = how.between
    const command = recstream(args, options)
    let over = false
    void command.ended.then(() => (over = true))
    await until('something to harm', () => over || how.ready === undefined || how.ready(), 300_000)
    const timer = new AbortController()
    const pause = setTimeout(least + how.random() * (most - least), undefined, { signal: timer.signal })
    await Promise.race([pause.catch(() => {}), command.ended])
    timer.abort()
    const children = processesUnder(command.child.pid!)
    killAll(command)
    const { code, stderr } = await command.ended
    said.push(stderr)
    if (code !== null && code !== 0) return { ended: await command.ended, done, said }
    await until('the end of what was killed', () => children.every(({ pid }) => !existsSync(`/proc/${pid}`)))
    const what = each()
    if (what !== null) done.push(what)
  }
  const ended = await recstream(args, options).ended
  return { ended, done, said: [...said, ended.stderr] }
}

/**
 * Do what the error of a damaged log says: move everything away, or everything but what others wrote. False where it says
 * no such thing.
 */
export function followAdvice(message: string): boolean {
  const found = /or move (?:everything in )?(\S+) away(?: but ([^:]+):)?/.exec(message)
  if (found === null) return false
  const [, root = '', kept] = found
  const away = `${root}.away`
  // What was moved away for another damage.
  rmSync(away, { recursive: true, force: true })
  renameSync(root, away)
  for (const path of kept?.split(', ') ?? []) {
    mkdirSync(dirname(path), { recursive: true })
    renameSync(path.replace(root, away), path)
  }
  return true
}
