import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export type StepKind = 'lstm' | 'rlstm' | 'nn'

/** A process that makes one training step for each line "lstm", "rlstm" or "nn" and answers "milliseconds loss". */
export interface StepProcess {
  /** The first line that it said. */
  greeting: string
  step(kind: StepKind): Promise<{ milliseconds: number; loss: number }>
  close(): void
}

/** Start one, or null if it ends before it says anything. */
export async function startStepProcess(command: string, args: readonly string[]): Promise<StepProcess | null> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] })
  child.on('error', () => {}) // a command that is not there says nothing either
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const greeting = await lines.next()
  if (greeting.done) return null
  return {
    greeting: greeting.value,
    async step(kind) {
      child.stdin.write(`${kind}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error(`${command} ${args.join(' ')} ended early`)
      const [milliseconds, loss] = value.split(' ').map(Number) as [number, number]
      return { milliseconds, loss }
    },
    close: () => child.stdin.end(),
  }
}
