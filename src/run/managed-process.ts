import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { codes, type ErrorCode, littleMemory, RecstreamError } from '../errors.ts'
import type { Address } from '../serve/address.ts'
import { passOnStderr } from './child-stderr.ts'
import type { Assignment, FromProcess, ToProcess } from './messages.ts'
import { fullDisk, hasRoom } from './room.ts'

type Answer<T extends FromProcess['type']> = Extract<FromProcess, { type: T }>
type Question = { ask: ToProcess; answer: FromProcess['type']; resolve: (message: FromProcess) => void }

/** A process that ends without having got anywhere this many times in a row is given up. */
const patience = 20

/** A source that throws at the same place this many times is given up: its files may have been away for a moment. */
const sourceTries = 3

/** Whoever runs out of memory without having got anywhere will do so again; others may have used it for a moment. */
const memoryTries = 3

/** A broker or a registry that does not answer, a disk that is full: waited for as long as it takes. */
const away = new Set(['LOG_UNAVAILABLE', 'LOG_STALLED', 'SCHEMA_UNKNOWN', 'DISK_FULL'])

/**
 * The C library of most Linuxes keeps eight heaps a processor, each with room of its own that it gives back late; two are as fast here, and
 * a process takes 20 to 30 MiB less.
 */
const leanMemory = { MALLOC_ARENA_MAX: '2' }

/** A predecessor on its way out may still hold a lock: worth a few more tries. */
const briefly = new Set(['WAREHOUSE_LOCKED', 'ALREADY_RUNNING', 'PRODUCER_FENCED'])

/** A leader that has lost its place takes it again once its successor was silent for so long, ms. */
export const standbyAfterMs = 1_000

/**
 * A broker that was long away shuts out its own producers. Who is shut out more often than this, whatever was done in
 * between, has a rival whose name cannot be read (that would be TAKEN_OVER); two who go on would do so for ever.
 */
const fencesInAll = 3

/** What is missing outside is looked for this often, ms. */
const outsideMs = 1_000

/** A process that lived this long before it ended was well, ms. */
const calmMs = 60_000

/**
 * Why a process is started again: for something of its own, or for something outside, which it waits for. What is `lasting`
 * lets a process get to work and no further.
 */
export type RestartCause = 'own' | 'outside' | 'lasting'

export interface ManagedProcessOptions {
  assignment: Omit<Assignment, 'held' | 'restarts'>
  onMessage: (message: FromProcess) => void
  onRestart: (reason: string, cause: RestartCause) => void
  /** It got somewhere that it had not been. */
  onAdvance: () => void
}

/**
 * One process of the pipeline, kept alive: ended by a signal or an error that a retry can help, it is started again after
 * a pause that grows; its recovery is exact, so a restart is never a loss.
 */
export class ManagedProcess {
  /** Resolves when the process ended by itself with success; rejects when it is given up. */
  readonly ended: Promise<void>
  /** Peak resident memory that it reported when it stopped, in MiB. */
  peakRssMb = 0
  readonly #options: ManagedProcessOptions
  #child: ChildProcess | undefined
  #stopping = false
  /** It has nothing more to do; only an import comes to that. */
  #done = false
  #failures = 0
  #spawned = 0
  #fences = 0
  #held = false
  /** Another process leads, which was its standby: from now on this one is that one's. */
  #isLedElsewhere = false
  /** Where it answers requests; when it is started again, it does so there. */
  #address: Address | undefined
  #reached = 0
  #spawnedAt = 0
  #failure: Answer<'failed'> | undefined
  #question: Question | undefined
  #restart: NodeJS.Timeout | undefined
  #settle!: { resolve: () => void; reject: (error: unknown) => void }

  constructor(options: ManagedProcessOptions) {
    this.#options = options
    this.ended = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    this.ended.catch(() => {})
    this.#spawn()
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Ask and wait for the answer; asked again if the process has to be started again meanwhile. */
  ask<T extends FromProcess['type']>(ask: ToProcess, answer: T): Promise<Answer<T>> {
    return new Promise((resolve, reject) => {
      this.#question = { ask, answer, resolve: message => resolve(message as Answer<T>) }
      this.ended.catch(reject)
      this.#send(ask)
    })
  }

  /** Let it finish the batch at hand and end; killed after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#restart)
    if (this.#child === undefined) {
      this.#settle.resolve()
      return
    }
    this.#send({ type: 'stop' })
    const kill = setTimeout(() => this.kill(), graceMs)
    await this.ended.catch(() => {})
    clearTimeout(kill)
  }

  kill(): void {
    this.#child?.kill('SIGKILL')
  }

  #spawn(): void {
    this.#spawned += 1
    const child = fork(fileURLToPath(new URL('./child.js', import.meta.url)), [this.#options.assignment.role], {
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      execArgv: process.execArgv.filter(option => !option.startsWith('--inspect')),
      env: { ...leanMemory, ...process.env },
    })
    this.#child = child
    this.#spawnedAt = performance.now()
    child.on('message', (message: FromProcess) => this.#receive(message))
    const words = passOnStderr(child.stderr!, text => process.stderr.write(text))
    child.on('close', (code, signal) => {
      if (words.ofMemory)
        this.#failure ??= { type: 'failed', code: 'MEMORY_SHORT', message: `${littleMemory}.`, stack: null }
      this.#exited(code, signal)
    })
    // Without a number it was never there, and no 'close' will follow; otherwise only a message failed to reach it.
    child.on('error', () => {
      if (child.pid === undefined) this.#exited(1, null)
    })
    const { assignment } = this.#options
    const serve = assignment.serve && {
      ...assignment.serve,
      ...(this.#address && { address: this.#address, anyPort: false }),
    }
    const standby = this.#isLedElsewhere ? (assignment.standby ?? { afterMs: standbyAfterMs }) : assignment.standby
    this.#send({
      type: 'begin',
      assignment: {
        ...assignment,
        ...(serve && { serve }),
        ...(standby && { standby }),
        held: this.#held && !this.#isLedElsewhere,
        restarts: this.#spawned - 1,
      },
    })
  }

  /** Whether it got somewhere that it had not been; to start again and fail at the same place does not count. */
  #advanced(message: FromProcess): boolean {
    const reached =
      message.type === 'ingested'
        ? message.sequence
        : message.type === 'learned'
          ? message.position
          : message.type === 'imported'
            ? message.profiles + message.items + message.events
            : 0
    if (reached <= this.#reached) return false
    this.#reached = reached
    return true
  }

  #send(message: ToProcess): void {
    if (this.#child?.connected) this.#child.send(message, () => {})
  }

  #receive(message: FromProcess): void {
    if (message.type === 'failed') this.#failure = message
    if (message.type === 'imported' && message.done) this.#done = true
    if (message.type === 'held') this.#held = true
    if (message.type === 'listening') this.#address = message.address
    if (message.type === 'stopped') this.peakRssMb = Math.max(this.peakRssMb, message.peakRssMb)
    if (message.type === 'ready' && this.#question !== undefined) this.#send(this.#question.ask)
    if (this.#advanced(message)) {
      this.#failures = 0
      this.#options.onAdvance()
    }
    const question = this.#question
    if (question?.answer === message.type) {
      this.#question = undefined
      question.resolve(message)
    }
    this.#options.onMessage(message)
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    this.#child = undefined
    const failure = this.#failure
    this.#failure = undefined
    if ((code === 0 && this.#done) || this.#stopping) {
      this.#settle.resolve()
      return
    }
    const source = failure?.code === 'SOURCE_FAILED'
    // A long walk to the row that fails is no sign that all is well.
    if (performance.now() - this.#spawnedAt > calmMs && !source) this.#failures = 0
    // What is missing outside (a broker, a registry) may come back at any time; only other ends count.
    const taken = failure?.code === 'ADDRESS_TAKEN' && this.#address !== undefined
    const outside = taken || away.has(failure?.code ?? '')
    if (!outside) this.#failures += 1
    if (failure?.code === 'PRODUCER_FENCED') this.#fences += 1
    if (failure?.code === 'LED_ELSEWHERE') this.#isLedElsewhere = true
    const held = briefly.has(failure?.code ?? '') && this.#fences <= fencesInAll
    const hopeless = failure !== undefined && !held && !outside && !codes[failure.code as ErrorCode]?.retriable
    const { role } = this.#options.assignment
    const tries = source ? sourceTries : failure?.code === 'MEMORY_SHORT' ? memoryTries : patience + 1
    if (hopeless || this.#failures >= tries) {
      const error = failure
        ? new RecstreamError(failure.code as ErrorCode, failure.message)
        : new RecstreamError(
            'PROCESS_FAILED',
            `The ${role} process ended ${this.#failures} times (${signal ?? `exit code ${code}`}); run with --debug to see why.`,
          )
      if (failure?.stack) error.stack = failure.stack
      this.#settle.reject(error)
      return
    }
    const { data } = this.#options.assignment
    const full = failure?.code === 'DISK_FULL'
    const reason = full ? fullDisk(data) : (failure?.message ?? `ended by ${signal ?? `exit code ${code}`}`)
    const lasting = full || failure?.code === 'SCHEMA_UNKNOWN'
    this.#options.onRestart(reason, lasting ? 'lasting' : outside ? 'outside' : 'own')
    if (full) this.#whenThereIsRoom(data)
    else
      this.#restart = setTimeout(() => this.#spawn(), outside ? outsideMs : Math.min(50 * 2 ** this.#failures, 5_000))
  }

  /** What begins on a full disk leaves halves of files behind. */
  #whenThereIsRoom(folder: string): void {
    this.#restart = setTimeout(() => (hasRoom(folder) ? this.#spawn() : this.#whenThereIsRoom(folder)), outsideMs)
  }
}
