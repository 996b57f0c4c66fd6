import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fewFiles } from '../../src/cli/few-files.ts'
import { packageRoot } from '../../src/package-root.ts'

const limits = (files: string) => `Limit                     Soft Limit           Hard Limit           Units
Max core file size        0                    unlimited            bytes
Max open files            ${files.padEnd(20)} 1048576              files
`

test('too few files are told before anything fails for them; enough, no limit and other systems are well', () => {
  expect(fewFiles(limits('64'))).toMatch(/may open 64 files here, and recstream needs 128 .* `ulimit -n 4096`\.$/)
  for (const well of [limits('128'), limits('unlimited'), '']) expect(fewFiles(well)).toBeNull()
})

test.skipIf(process.platform !== 'linux')('a start with 24, 32 or 64 file handles ends with one sentence', () => {
  const main = join(packageRoot(), 'dist', 'src', 'cli', 'main.js')
  for (const files of [24, 32, 64]) {
    const command = `ulimit -n ${files}; exec "$0" "$1" start generated --until-idle`
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command, process.execPath, main], {
      encoding: 'utf8',
    })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^error\[FILE_UNUSABLE\]: .*\n$/)
  }
})
