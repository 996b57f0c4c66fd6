import { connect, type Socket } from 'node:net'
import { RecstreamError } from '../../errors.ts'
import type { Answer, Question } from '../../records/question.ts'
import { type Answering, lineOf, readLines } from './frames.ts'

/** The way to a learner that answers. */
export interface OpenDoor {
  /** NOT_RUNNING while nobody answers there. `waitMs`: how long the answer may wait for what the question wants known. */
  ask(question: Question, options?: { waitMs?: number }): Promise<Answer>
  close(): void
}

/** Beyond what it may wait, an answer that has not come is none, ms. */
const patienceMs = 10_000

/**
 * Ask the learner of a pipeline; its process may come and go.
 *
 *     const learner = openDoor(layout.learnDoor)
 *     await learner.ask({ kind: 'standing' })
 */
export function openDoor(socket: string): OpenDoor {
  type Waiting = { resolve: (answer: Answer) => void; reject: (error: Error) => void; until: NodeJS.Timeout }
  let connection: Socket | null = null
  let asked = 0
  const waiting = new Map<number, Waiting>()

  const drop = (gone: Socket): void => {
    if (connection !== gone) return
    connection = null
    for (const [id, each] of waiting) end(id, each, () => each.reject(notRunning()))
  }
  const end = (id: number, { until }: Waiting, how: () => void): void => {
    clearTimeout(until)
    waiting.delete(id)
    how()
  }
  const opened = (): Socket => {
    const fresh = connect(socket)
    fresh.on('error', () => drop(fresh))
    fresh.on('close', () => drop(fresh))
    // A server that has nothing else to do need not stay for it.
    fresh.unref()
    readLines(fresh, line => {
      const answering = JSON.parse(line) as Answering
      const each = waiting.get(answering.id)
      if (each === undefined) return
      end(answering.id, each, () => {
        if ('answer' in answering) each.resolve(answering.answer)
        else each.reject(new RecstreamError(answering.error.code, answering.error.message))
      })
    })
    return fresh
  }

  return {
    ask: (question, { waitMs = 0 } = {}) =>
      new Promise((resolve, reject) => {
        connection ??= opened()
        const id = (asked += 1)
        const until = setTimeout(() => {
          const each = waiting.get(id)
          if (each !== undefined) end(id, each, () => reject(notRunning()))
        }, waitMs + patienceMs)
        waiting.set(id, { resolve, reject, until })
        const asking = connection
        // What is asked in one go goes out in one write.
        asking.cork()
        asking.write(lineOf({ id, question, waitMs }))
        process.nextTick(() => asking.uncork())
      }),
    close() {
      connection?.destroy()
    },
  }
}

const notRunning = () =>
  new RecstreamError('NOT_RUNNING', 'The learner of this pipeline does not answer; `recstream start` runs it.')
