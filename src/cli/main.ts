#!/usr/bin/env node

import { fewFiles } from './few-files.ts'

// Before the program is loaded: a module's map is read when the module is, and modules are files.
if (process.argv.includes('--debug')) process.setSourceMapsEnabled(true)
const few = fewFiles()
if (few === null) {
  const { run } = await import('./program.ts')
  await run(process.argv)
} else {
  process.stderr.write(`error[FILE_UNUSABLE]: ${few}\n`)
  process.exitCode = 1
}
