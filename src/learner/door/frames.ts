import type { Socket } from 'node:net'
import type { ErrorCode } from '../../errors.ts'
import type { Answer, Question } from '../../records/question.ts'

/** What goes over the door's socket: JSON, one object a line. */
export interface Asking {
  id: number
  question: Question
  /** How long the answer may wait for `after`, ms. */
  waitMs: number
}

export type Answering = { id: number } & ({ answer: Answer } | { error: { code: ErrorCode; message: string } })

/** A longer line is no question of ours. */
export const longestLine = 4 << 20

/** Lines whose answers go out together: writing each by itself costs a tenth of what a list does. */
const together = 8

/** Calls `take` with each line that comes; ends the connection where one is too long. What `take` writes goes out in few writes. */
export function readLines(socket: Socket, take: (line: string) => void): void {
  let rest = ''
  socket.setEncoding('utf8').on('data', (part: string) => {
    const lines = (rest + part).split('\n')
    rest = lines.pop()!
    socket.cork()
    for (const [k, line] of lines.entries()) {
      take(line)
      if (k % together !== together - 1) continue
      socket.uncork()
      socket.cork()
    }
    socket.uncork()
    if (rest.length > longestLine) socket.destroy()
  })
}

export const lineOf = (frame: Asking | Answering): string => `${JSON.stringify(frame)}\n`
