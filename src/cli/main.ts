#!/usr/bin/env node

// Before the program is loaded: a module's map is read when the module is.
if (process.argv.includes('--debug')) process.setSourceMapsEnabled(true)
const { run } = await import('./program.ts')
await run(process.argv)
