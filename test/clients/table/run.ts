import { spawn } from 'node:child_process'
import type { Ended } from '../../promises/command.ts'

/** Run a client's program; one that takes two minutes is stopped. */
export function run([name, ...words]: string[]): Promise<Ended> {
  const child = spawn(name!, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, KAFKAJS_NO_PARTITIONER_WARNING: '1' },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', part => (stdout += part))
  child.stderr.setEncoding('utf8').on('data', part => (stderr += part))
  const timer = setTimeout(() => child.kill('SIGKILL'), 120_000)
  return new Promise(resolve => {
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, stdout, stderr })
    })
  })
}
