import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Run a child of this folder that a failpoint, or `killAfterMs`, ends by SIGKILL; what it printed. Fails if it ends otherwise. */
export function runUntilKilled(
  script: string,
  args: string[],
  failpoints: string | null,
  killWhen?: (output: string) => boolean,
): Promise<string> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), ...args], {
    env: failpoints === null ? {} : { RECSTREAM_FAILPOINTS: failpoints },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let complaint = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (killWhen?.(output)) child.kill('SIGKILL')
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(output)
      else reject(new Error(`The child ended with ${code ?? signal} instead of being killed: ${complaint || output}`))
    })
  })
}
