import { createServer, type Socket } from 'node:net'
import { RecstreamError } from '../../errors.ts'
import type { Answer, Question } from '../../records/question.ts'
import { type Answering, type Asking, lineOf, readLines } from './frames.ts'
import { listenPrivately } from './listen-privately.ts'

/** Who answers behind a door. */
export interface Answerer {
  answer(question: Question): Answer
  /** How many records lie between what the question is to know and what is known. */
  behind(question: Question): number
}

/** The door of a learn process. */
export interface Door {
  /** Something more is known: whoever waited for it is answered. */
  moved(): void
  close(): Promise<void>
}

/** Connections at once, questions of one of them that wait, and how long one may wait, ms. */
const [mostCallers, mostWaiting, longestWaitMs] = [32, 2_000, 30_000]

/**
 * Answer questions on a local socket that only this user can reach; whatever comes over it, the process goes on.
 *
 *     const door = await serveDoor(layout.learnDoor, asked)
 *     door.moved()   // after events were learned from
 */
export async function serveDoor(socket: string, answerer: Answerer): Promise<Door> {
  const callers = new Set<Socket>()
  const waiting = new Set<{ asking: Asking; caller: Socket; until: NodeJS.Timeout }>()

  const reply = (caller: Socket, asking: Asking): void => {
    if (!caller.destroyed) caller.write(lineOf(answeringOf(asking, answerer)))
  }
  const settle = (each: typeof waiting extends Set<infer Each> ? Each : never): void => {
    clearTimeout(each.until)
    waiting.delete(each)
    reply(each.caller, each.asking)
  }
  const take = (caller: Socket, line: string): void => {
    const asking = askingOf(line)
    if (asking === null) {
      caller.destroy()
      return
    }
    if (!(asking.waitMs > 0) || waiting.size >= mostWaiting || behindOf(asking, answerer) === 0) {
      reply(caller, asking)
      return
    }
    const each = { asking, caller, until: setTimeout(() => settle(each), Math.min(asking.waitMs, longestWaitMs)) }
    waiting.add(each)
  }

  const server = createServer(caller => {
    if (callers.size >= mostCallers) {
      caller.destroy()
      return
    }
    callers.add(caller)
    caller.on('error', () => {})
    caller.on('close', () => {
      callers.delete(caller)
      for (const each of waiting) {
        if (each.caller !== caller) continue
        clearTimeout(each.until)
        waiting.delete(each)
      }
    })
    readLines(caller, line => take(caller, line))
  })
  await listenPrivately(server, socket)

  return {
    moved() {
      for (const each of waiting) if (answerer.behind(each.asking.question) === 0) settle(each)
    },
    close: () =>
      new Promise(resolve => {
        for (const { until } of waiting) clearTimeout(until)
        waiting.clear()
        server.close(() => resolve())
        for (const caller of callers) caller.destroy()
      }),
  }
}

function answeringOf({ id, question }: Asking, answerer: Answerer): Answering {
  try {
    return { id, answer: answerer.answer(question) }
  } catch (error) {
    if (error instanceof RecstreamError) return { id, error: { code: error.code, message: error.message } }
    const why = error instanceof Error ? error.message : String(error)
    return { id, error: { code: 'INTERNAL', message: `The learner could not answer: ${why}` } }
  }
}

function behindOf({ question }: Asking, answerer: Answerer): number {
  try {
    return answerer.behind(question)
  } catch {
    return 0
  }
}

const kinds = new Set(['list', 'session', 'rank', 'similar', 'popular', 'new', 'standing'])

/** Whoever is at the door speaks for this user; what is no question of ours is not looked at further. */
function askingOf(line: string): Asking | null {
  try {
    const asking = JSON.parse(line) as Partial<Asking> | null
    const known = typeof asking?.id === 'number' && kinds.has(asking.question?.kind ?? '')
    return known ? { waitMs: 0, ...(asking as Pick<Asking, 'id' | 'question'>) } : null
  } catch {
    return null
  }
}
