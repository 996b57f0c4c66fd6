import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../src/package-root.ts'
import type { Assignment, FromProcess, ToProcess } from '../src/run/messages.ts'
import { newRun } from '../src/run/owner.ts'

type Received<T extends FromProcess['type']> = Extract<FromProcess, { type: T }>

/** One process of a pipeline, run by itself so that it alone is measured. */
export class PipelineProcess {
  readonly #child: ChildProcess
  readonly #last = new Map<string, FromProcess>()
  #listeners: { type: string; receive: (message: FromProcess) => void }[] = []

  constructor(assignment: Omit<Assignment, 'run' | 'held' | 'restarts'>) {
    this.#child = fork(join(packageRoot(), 'dist/src/run/child.js'), [assignment.role], {
      stdio: ['ignore', 2, 2, 'ipc'],
    })
    this.#child.on('message', (message: FromProcess) => {
      if (message.type === 'failed') throw new Error(`${assignment.role}: ${message.message}\n${message.stack}`)
      this.#last.set(message.type, message)
      const waiting = this.#listeners.filter(({ type }) => type === message.type)
      this.#listeners = this.#listeners.filter(({ type }) => type !== message.type)
      for (const { receive } of waiting) receive(message)
    })
    this.#say({ type: 'begin', assignment: { ...assignment, run: newRun(), held: false, restarts: 0 } })
  }

  /** Processor time that it has taken so far, s; of the system's own, too (Linux). */
  get cpuSeconds(): number {
    return cpuSecondsOf(this.#child.pid!)
  }

  /** What it said last of this kind. */
  last<T extends FromProcess['type']>(type: T): Received<T> | undefined {
    return this.#last.get(type) as Received<T> | undefined
  }

  next<T extends FromProcess['type']>(type: T): Promise<Received<T>> {
    return new Promise(resolve => {
      this.#listeners.push({ type, receive: message => resolve(message as Received<T>) })
    })
  }

  ask<T extends FromProcess['type']>(question: ToProcess, answer: T): Promise<Received<T>> {
    const received = this.next(answer)
    this.#say(question)
    return received
  }

  /** End it; its peak resident memory in MiB. */
  async stop(): Promise<number> {
    const { peakRssMb } = await this.ask({ type: 'stop' }, 'stopped')
    return peakRssMb
  }

  #say(message: ToProcess): void {
    this.#child.send(message)
  }
}

/** Processor time of a process, s: ticks of 10 ms in /proc. */
export function cpuSecondsOf(pid: number): number {
  const words = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(words[11]) + Number(words[12])) / 100
}
