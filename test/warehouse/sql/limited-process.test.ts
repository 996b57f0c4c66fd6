import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { startLimited, watchMemory } from '../../../src/warehouse/sql/limited-process.ts'

/** What a shell command writes to file descriptor 3 within limits. */
async function said(command: string): Promise<string[]> {
  const child = startLimited(['/bin/sh', '-c', `(${command}) >&3`], { memoryMb: 100, cpuSeconds: 7 })
  let text = ''
  child.stdio[3]!.on('data', (part: Buffer) => {
    text += part.toString('utf8')
  })
  await ended(child)
  return text.trim().split('\n')
}

function ended(child: ChildProcess): Promise<string | number | null> {
  return new Promise(resolve => child.on('close', (code, signal) => resolve(signal ?? code)))
}

describe.skipIf(process.platform === 'win32')('a limited process', () => {
  test('has no core files, no files, so much CPU time and so much memory', async () => {
    expect(await said('ulimit -c; ulimit -f; ulimit -t; ulimit -d')).toEqual(['0', '0', '7', String(100 * 1024)])
  })

  test.skipIf(process.platform !== 'linux')('yields to the processes of the pipeline', async () => {
    expect(await said('nice')).toEqual(['10'])
  })

  test('has nothing of our environment', async () => {
    process.env['RECSTREAM_TEST'] = 'mine'
    const names = (await said('env')).map(line => line.split('=')[0])
    delete process.env['RECSTREAM_TEST']
    // What the shell sets by itself.
    expect(names.filter(name => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name!))).toEqual([])
  })
})

test.skipIf(!existsSync('/proc/self/status'))('a process that grows beyond the limit is told', async () => {
  const child = startLimited([process.execPath, '-e', 'process.stdin.resume()'], { memoryMb: 4096, cpuSeconds: 60 })
  await new Promise<void>(resolve => {
    const unwatch = watchMemory(child, 8, () => {
      unwatch()
      resolve()
    })
  })
  child.kill('SIGKILL')
  expect(await ended(child)).toBe('SIGKILL')
})
