import { spawn } from 'node:child_process'
import type { Ended } from '../../promises/command.ts'

/** Run a client's program, with this on its standard input; one that takes two minutes is stopped. */
export function run([name, ...words]: string[], input = ''): Promise<Ended> {
  const child = spawn(name!, words, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, KAFKAJS_NO_PARTITIONER_WARNING: '1' },
  })
  // One that ends without reading it says why by itself.
  child.stdin.on('error', () => {}).end(input)
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
