import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../src/package-root.ts'
import type { Assignment, FromProcess, ToProcess } from '../src/run/messages.ts'

type Heard<T extends FromProcess['type']> = Extract<FromProcess, { type: T }>

/** One process of a pipeline, run by itself so that it alone is measured. */
export class PipelineProcess {
  readonly #child: ChildProcess
  readonly #last = new Map<string, FromProcess>()
  #listeners: { type: string; hear: (message: FromProcess) => void }[] = []

  constructor(assignment: Assignment) {
    this.#child = fork(join(packageRoot(), 'dist/src/run/child.js'), [assignment.role], {
      stdio: ['ignore', 2, 2, 'ipc'],
    })
    this.#child.on('message', (message: FromProcess) => {
      if (message.type === 'failed') throw new Error(`${assignment.role}: ${message.message}\n${message.stack}`)
      this.#last.set(message.type, message)
      const waiting = this.#listeners.filter(({ type }) => type === message.type)
      this.#listeners = this.#listeners.filter(({ type }) => type !== message.type)
      for (const { hear } of waiting) hear(message)
    })
    this.#say({ type: 'begin', assignment })
  }

  /** What it said last of this kind. */
  last<T extends FromProcess['type']>(type: T): Heard<T> | undefined {
    return this.#last.get(type) as Heard<T> | undefined
  }

  next<T extends FromProcess['type']>(type: T): Promise<Heard<T>> {
    return new Promise(resolve => {
      this.#listeners.push({ type, hear: message => resolve(message as Heard<T>) })
    })
  }

  ask<T extends FromProcess['type']>(question: ToProcess, answer: T): Promise<Heard<T>> {
    const heard = this.next(answer)
    this.#say(question)
    return heard
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
