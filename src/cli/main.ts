#!/usr/bin/env node

import { fewFiles } from './few-files.ts'

// Before the program is loaded: a module's map is read when the module is, and modules are files.
if (process.argv.includes('--debug')) process.setSourceMapsEnabled(true)
const few = fewFiles()
// Whatever is kept of people is for the eyes of whoever keeps it: files 0600, folders 0700, of the processes begun here too.
process.umask(0o077)
if (few === null) {
  const { run } = await import('./program.ts')
  await run(process.argv)
} else {
  process.stderr.write(`error[FILE_UNUSABLE]: ${few}\n`)
  process.exitCode = 1
}
