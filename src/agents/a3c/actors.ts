import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SHARE_ENV, Worker } from 'node:worker_threads'
import { RecstreamError } from '../../errors.ts'
import type { BackendName } from '../../nn/backend.ts'
import { packageRoot } from '../../package-root.ts'
import type { Catalogue } from '../catalogue.ts'
import type { PlanningAgent } from '../planning-agent.ts'
import type { A3cOptions } from './options.ts'

/** A world that one actor has for itself. */
export interface ActorWorld {
  readonly catalogue: Catalogue
  /** Let everybody there see one item of the agent's choice; returns how many items that were. */
  round(agent: PlanningAgent): number
}

/** Opens the world of actor number `actor` of so many; a module of compiled code exports it as `openActorWorld`. */
export type OpenActorWorld = (setup: never, actor: number, actors: number) => ActorWorld | Promise<ActorWorld>

/** What an actor's thread is given when it starts. */
export interface ActorData {
  /** Where `openActorWorld` is, as a URL, and what it is given. */
  module: string
  setup: unknown
  actor: number
  actors: number
  seed: number
  options: A3cOptions
  backend: BackendName
  /** Memory of the shared learner. */
  learner: SharedArrayBuffer
  /** 32-bit integers at the places of `Control`. */
  control: SharedArrayBuffer
}

/** Places of the integers by which actors and whoever started them understand each other. */
export const Control = {
  /** Items shown so far, by all actors. */
  done: 0,
  /** Items after which actors sleep until this is raised. */
  limit: 1,
  /** 1: actors are to end. */
  stop: 2,
} as const

/** What an actor says: that it sleeps at this limit, or at its end how many updates it made and how many were left out. */
export type ActorMessage = { asleepAt: number } | { updates: number; dropped: number }

export interface Actors {
  /** Let all actors act and learn until this many items were shown in all; each finishes its round. */
  runTo(items: number, signal?: AbortSignal): Promise<void>
  /** Items shown so far. */
  readonly done: number
  /** End all threads, each after its round or update, and sum up what they did. */
  stop(): Promise<{ updates: number; dropped: number }>
}

/**
 * Actors of A3C, each in a thread with a world and a backend of its own, learning into one shared memory.
 *
 *     const actors = startActors({ module, setup, actors: 2, seed: 1, options, backend: 'wasm', learner })
 *     await actors.runTo(60_000)
 *     await actors.stop()
 *
 * A thread that fails makes `runTo` fail with TRAINING_FAILED. Nothing here is reproducible: threads race.
 */
export function startActors(given: Omit<ActorData, 'actor' | 'control'>): Actors {
  const control = new Int32Array(new SharedArrayBuffer(4 * Object.keys(Control).length))
  const total = { updates: 0, dropped: 0 }
  let failure: RecstreamError | null = null
  let changed = () => {}
  const threads = Array.from({ length: given.actors }, (_, actor) => {
    const data: ActorData = { ...given, actor, control: control.buffer as SharedArrayBuffer }
    const worker = new Worker(threadPath(), { workerData: data, env: SHARE_ENV })
    const thread = { asleepAt: -1, ended: new Promise<void>(resolve => worker.once('exit', () => resolve())) }
    worker.on('message', (message: ActorMessage) => {
      if ('asleepAt' in message) thread.asleepAt = message.asleepAt
      else {
        total.updates += message.updates
        total.dropped += message.dropped
      }
      changed()
    })
    worker.on('error', cause => {
      const sentence = `An actor's thread ended (${cause.message}); run it again.`
      failure ??= new RecstreamError('TRAINING_FAILED', sentence, { cause })
      changed()
    })
    return thread
  })

  return {
    async runTo(items, signal) {
      Atomics.store(control, Control.limit, items)
      Atomics.notify(control, Control.limit)
      const wake = () => changed()
      signal?.addEventListener('abort', wake)
      try {
        while (threads.some(({ asleepAt }) => asleepAt !== items)) {
          signal?.throwIfAborted()
          if (failure !== null) throw failure
          await new Promise<void>(resolve => {
            changed = resolve
          })
        }
        if (failure !== null) throw failure
      } finally {
        signal?.removeEventListener('abort', wake)
      }
    },
    get done() {
      return Atomics.load(control, Control.done)
    },
    async stop() {
      Atomics.store(control, Control.stop, 1)
      // Actors that sleep at the limit are woken by a new one.
      Atomics.add(control, Control.limit, 1)
      Atomics.notify(control, Control.limit)
      await Promise.all(threads.map(({ ended }) => ended))
      return total
    },
  }
}

/** A thread starts from a compiled file; run from the sources, that is the one that was built from them. */
function threadPath(): string {
  const path = join(packageRoot(), 'dist', 'src', 'agents', 'a3c', 'actor-thread.js')
  if (existsSync(path)) return path
  throw new RecstreamError('TOOL_MISSING', 'The program is not built; run `npm run build` first.')
}
