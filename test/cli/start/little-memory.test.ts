import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refuseLittleMemory } from '../../../src/cli/start/little-memory.ts'
import { packageRoot } from '../../../src/package-root.ts'

const limits = (addresses: string) => `Limit                     Soft Limit           Hard Limit           Units
Max address space         ${addresses.padEnd(20)} unlimited            bytes
`

test('what a process may have is told where it is too little for any pipeline', () => {
  const short = (message: RegExp) =>
    expect.objectContaining({ code: 'MEMORY_SHORT', message: expect.stringMatching(message) })
  expect(() => refuseLittleMemory(limits('8589934592'), 4_000)).toThrow(
    short(/^A process may have 8192 MiB of addresses here, .* `ulimit -v unlimited`\.$/),
  )
  expect(() => refuseLittleMemory(limits('unlimited'), 80)).toThrow(
    short(/^Node may take 80 MiB .* NODE_OPTIONS=--max-old-space-size=512\.$/),
  )
  for (const well of [limits('unlimited'), limits('103079215104'), '']) refuseLittleMemory(well, 128)
})

test.skipIf(process.platform !== 'linux')('a start under such a limit ends with one sentence', () => {
  const main = join(packageRoot(), 'dist', 'src', 'cli', 'main.js')
  const command = 'ulimit -v 8388608; exec "$0" "$1" start generated --until-idle'
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command, process.execPath, main], { encoding: 'utf8' })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/^error\[MEMORY_SHORT\]: .*\n$/)
})
