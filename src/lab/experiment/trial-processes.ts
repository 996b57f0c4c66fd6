import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { RecstreamError } from '../../errors.ts'
import type { Executor } from './run-trials.ts'
import type { FromTrialProcess, ToTrialProcess, TrialsFrom } from './trial-messages.ts'

/**
 * Runs trials in processes of their own, made when they are needed and used again: the asking process stays free to show
 * progress and to react to Ctrl-C, and as many trials run at once as are asked for at once.
 *
 *     const processes = trialProcesses({ module, setup })
 *     await runTrials({ …, execute: processes.execute, jobs: 2 }).finally(processes.close)
 */
export function trialProcesses(from: TrialsFrom): { execute: Executor; close: () => void } {
  const idle: ChildProcess[] = []
  const all = new Set<ChildProcess>()

  const spawn = (): ChildProcess => {
    const child = fork(fileURLToPath(new URL('./trial-process.js', import.meta.url)), [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: process.execArgv.filter(option => !option.startsWith('--inspect')),
      serialization: 'advanced', // NaN stays NaN
    })
    all.add(child)
    child.once('exit', () => all.delete(child))
    send(child, { type: 'begin', from })
    return child
  }

  return {
    execute(trial, progress, signal) {
      signal.throwIfAborted()
      const child = idle.pop() ?? spawn()
      return new Promise((resolve, reject) => {
        const end = (settle: () => void) => {
          child.removeAllListeners('message').removeListener('exit', died)
          signal.removeEventListener('abort', abort)
          settle()
        }
        const abort = () => {
          child.kill('SIGKILL')
          end(() => reject(signal.reason))
        }
        const died = (code: number | null, killed: string | null) => {
          const how = killed === null ? `with code ${code}` : `by ${killed}`
          const sentence = `The process of the trial ${trial.name} was ended ${how}; run the same command again to go on.`
          end(() => reject(new RecstreamError('PROCESS_FAILED', sentence)))
        }
        signal.addEventListener('abort', abort)
        child.once('exit', died)
        child.on('message', (message: FromTrialProcess) => {
          if (message.type === 'progress') progress(message.share, message.words)
          else if (message.type === 'finished') {
            idle.push(child)
            end(() => resolve(message))
          } else end(() => reject(failure(message)))
        })
        send(child, { type: 'trial', name: trial.name })
      })
    },
    close: () => {
      for (const child of all) child.kill('SIGKILL')
    },
  }
}

function send(child: ChildProcess, message: ToTrialProcess): void {
  child.send(message)
}

function failure({ code, message, stack }: FromTrialProcess & { type: 'failed' }): Error {
  const error = code === 'INTERNAL' ? new Error(message) : new RecstreamError(code, message)
  if (stack !== null) error.stack = stack
  return error
}
