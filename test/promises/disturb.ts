import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type Ended, processesUnder, recstream } from './command.ts'

export interface Disturbance {
  /**
   * Processes to kill, one after another at random instants; "supervisor" is the command itself, and "ingest+learn" are two
   * at once.
   */
  kills: readonly string[]
  /** Milliseconds between kills, drawn evenly from here. */
  between: readonly [number, number]
  /**
   * Failpoints to pass, each once: "commit.before" waits until those before it have been passed; "learn.fsync.after",
   * which only one process can pass, is armed from the start.
   */
  failpoints: readonly string[]
  /** Files or folders to remove, one after each kill of the supervisor but the first. */
  removals?: readonly string[]
  random: () => number
  dist?: string
}

export interface Disturbed {
  ended: Ended
  killed: string[]
  /** Failpoints that no process came by, and processes that had ended before their turn to be killed. */
  notReached: string[]
}

/** Run a command to its end while its processes are killed, starting it again whenever the supervisor was the one. */
export async function disturbedRun(args: readonly string[], how: Disturbance): Promise<Disturbed> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-failpoints-'))
  const ofOneProcess = how.failpoints.filter(point => point.split('.').length === 3)
  const waiting = how.failpoints.filter(point => !ofOneProcess.includes(point))
  for (const point of ofOneProcess) writeFileSync(join(folder, point), '')
  const killed: string[] = []
  const environment = { env: { RECSTREAM_FAILPOINTS: folder }, ...(how.dist === undefined ? {} : { dist: how.dist }) }
  let armed: string | undefined
  const kills = [...how.kills]
  const removals = [...(how.removals ?? [])]
  let supervisorKills = 0
  const missed: string[] = []
  let nextKill = performance.now() + pause(how)
  try {
    for (;;) {
      const command = recstream(args, environment)
      let over = false
      const ended = command.ended.finally(() => {
        over = true
      })
      let byUs = false
      while (!over) {
        if (armed !== undefined && !existsSync(join(folder, armed))) {
          killed.push(armed)
          armed = undefined
        }
        if (armed === undefined && waiting.length > 0) {
          armed = waiting.shift()!
          writeFileSync(join(folder, armed), '')
        }
        if (kills.length > 0 && performance.now() >= nextKill) {
          const supervisor = { role: 'supervisor', pid: command.child.pid! }
          const roles = kills[0]!.split('+')
          const victims = [...processesUnder(supervisor.pid), supervisor].filter(({ role }) => roles.includes(role))
          if (victims.length === roles.length) {
            killed.push(kills.shift()!)
            byUs = victims.includes(supervisor)
            for (const { pid } of victims) process.kill(pid, 'SIGKILL')
            nextKill = performance.now() + pause(how)
          } else if (performance.now() - nextKill > 3_000) {
            // Not on its way back: it has done its work.
            missed.push(kills.shift()!)
            nextKill = performance.now()
          }
        }
        await new Promise(resolve => setTimeout(resolve, 10))
      }
      const result = await ended
      // Killed by us, or nothing left to do but more disturbance was asked for: a run that is over cannot be disturbed.
      if (byUs) {
        const removal = ++supervisorKills > 1 ? removals.shift() : undefined
        if (removal !== undefined) {
          rmSync(removal, { recursive: true, force: true })
          killed.push(`removed ${basename(removal)}`)
        }
        continue
      }
      const left = ofOneProcess.filter(point => existsSync(join(folder, point)))
      killed.push(...ofOneProcess.filter(point => !left.includes(point)))
      const notReached = [
        ...left,
        ...(armed === undefined ? [] : [armed]),
        ...waiting,
        ...missed,
        ...kills,
        ...removals,
      ]
      return { ended: result, killed, notReached }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function pause(how: Disturbance): number {
  const [least, most] = how.between
  return least + how.random() * (most - least)
}
