import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { passOnStderr } from '../../src/run/child-stderr.ts'

test('what V8 says as it runs out of memory is kept back, and known; what was said before is passed on', async () => {
  const code = 'console.error("before"); const all = []; for (;;) all.push(new Array(10000).fill(all.length))'
  const child = spawn(process.execPath, ['--max-old-space-size=16', '-e', code], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  const words = passOnStderr(child.stderr, text => (said += text))
  await once(child, 'close')
  expect(said).toBe('before\n')
  expect(words.ofMemory).toBe(true)
})

test('whatever else is said is passed on as it is', async () => {
  const lines = ['one\n', '  two FATAL\n', 'out of memory\n']
  let said = ''
  const from = Readable.from(lines)
  const words = passOnStderr(from, text => (said += text))
  await once(from, 'end')
  expect(said).toBe(lines.join(''))
  expect(words.ofMemory).toBe(false)
})
