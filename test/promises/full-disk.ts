import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Command, type Ended, killAll, processesUnder, recstream, until } from './command.ts'

/** A disk of its own that can be filled to the last byte, and emptied again. */
export interface SmallDisk {
  folder: string
  fill(): void
  /** Leave no more room than this, KiB. */
  fillBut(kib: number): void
  makeRoom(): void
  remove(): void
}

/** Why there is no such disk here, behind a test's name; null where one can be made. */
export const noSmallDisk: string | null = (() => {
  if (process.platform !== 'linux') return ' (skipped: it needs tmpfs of Linux)'
  const disk = trySmallDisk(1)
  disk?.remove()
  return disk === null ? ' (skipped: it needs the right to mount a tmpfs)' : null
})()

export function smallDisk(mib: number): SmallDisk {
  const disk = trySmallDisk(mib)
  if (disk === null) throw new Error('A tmpfs cannot be mounted here.')
  return disk
}

function trySmallDisk(mib: number): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-disk-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', folder], { stdio: 'ignore' })
  if (status !== 0) {
    rmSync(folder, { recursive: true, force: true })
    return null
  }
  const filler = join(folder, 'filler')
  const disk: SmallDisk = {
    folder,
    fill() {
      const file = openSync(filler, 'a')
      // In pieces that shrink, since the last page counts too.
      for (let size = 2 ** 20; size >= 1; size = Math.floor(size / 4)) {
        const piece = Buffer.alloc(size)
        while (wrote(file, piece)) {
          // Until it is full.
        }
      }
      closeSync(file)
    },
    fillBut(kib) {
      const reserve = join(folder, 'reserve')
      writeFileSync(reserve, Buffer.alloc(kib * 1024))
      disk.fill()
      rmSync(reserve)
    },
    makeRoom: () => rmSync(filler, { force: true }),
    remove() {
      // A process that was killed may hold a file for a moment.
      for (let tries = 0; tries < 50 && spawnSync('umount', [folder], { stdio: 'ignore' }).status !== 0; tries++) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
      }
      if (existsSync(folder)) rmSync(folder, { recursive: true, force: true })
    },
  }
  return disk
}

function wrote(file: number, piece: Buffer): boolean {
  try {
    return writeSync(file, piece) === piece.length
  } catch {
    return false
  }
}

/** Where a disk may be full: at a failpoint of a process, from before the start, or while people ask for a copy. */
export const diskPhases = [
  'birth',
  'import.append.before',
  'ingest.append.before',
  'ingest.commit.before',
  'ingest.publish.before',
  'learn.append.before',
  'learn.fsync.before',
  'learn.manifest.before',
  'snapshot',
  'run log',
] as const
export type DiskPhase = (typeof diskPhases)[number]

export interface Filled {
  ended: Ended
  /** Phases in which the disk was full. */
  filled: DiskPhase[]
  notReached: DiskPhase[]
  /** Sentences that told of it. */
  said: number
}

/**
 * Run a command on a small disk, which is full for a while in each of these phases in turn; who started it does nothing else.
 *
 *     await filledRun(args, { disk: smallDisk(256), phases: ['birth', 'ingest.commit.before'], fullMs: 1_000 })
 */
export async function filledRun(
  args: readonly string[],
  { disk, phases, fullMs }: { disk: SmallDisk; phases: readonly DiskPhase[]; fullMs: number },
): Promise<Filled> {
  const points = mkdtempSync(join(tmpdir(), 'recstream-failpoints-'))
  const filled: DiskPhase[] = []
  if (phases[0] === 'birth') disk.fill()
  const command = recstream(args, { env: { RECSTREAM_FAILPOINTS: points } })
  let over = false
  const ended = command.ended.finally(() => {
    over = true
  })
  const told = () => command.said().split('is full: free some space').length - 1
  const fullFor = async (phase: DiskPhase, meanwhile: () => Promise<unknown> | undefined) => {
    filled.push(phase)
    await meanwhile()
    await Promise.race([ended, setTimeout(fullMs)])
    disk.makeRoom()
  }
  try {
    for (const phase of phases) {
      if (over) break
      if (phase === 'birth') {
        await until('it to be said', () => told() > 0 || over)
        await fullFor(phase, async () => {})
      } else if (phase === 'snapshot' || phase === 'run log') {
        await until('it to be at work', () => /events\/s|Ready/.test(command.said()) || over)
        disk.fill()
        await fullFor(phase, () => (phase === 'snapshot' ? askForCopy(args) : endLearner(command)))
      } else {
        const at = join(points, phase)
        writeFileSync(`${at}.hold`, '')
        await until(`${phase} to be reached`, () => existsSync(`${at}.held`) || over)
        rmSync(`${at}.hold`, { force: true })
        if (over) break
        disk.fill()
        rmSync(`${at}.held`)
        await fullFor(phase, async () => {})
      }
    }
    const notReached = phases.filter(phase => !filled.includes(phase))
    return { ended: await ended, filled, notReached, said: told() }
  } finally {
    killAll(command)
    rmSync(points, { recursive: true, force: true })
  }
}

/** People ask while there is no room for a copy. */
async function askForCopy(args: readonly string[]): Promise<void> {
  const data = args[args.indexOf('--data') + 1]!
  await recstream(['sql', 'select 1', '--data', data, '--json']).ended
}

/** So that the run's own log has something to tell. */
async function endLearner({ child }: Command): Promise<void> {
  const learner = processesUnder(child.pid!).find(({ role }) => role === 'learn')
  if (learner !== undefined) process.kill(learner.pid, 'SIGKILL')
}
