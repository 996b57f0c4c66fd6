// Queries in a process of their own, one after the other: reads requests on standard input, a line each, and writes frames
// to file descriptor 3. The line "interrupt" ends the query that runs. It ends with its standard input.
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type FrameKind, frame } from './frames.ts'
import type { QueryRequest } from './query.ts'
import { Sandbox } from './sandbox.ts'

const sandbox = new Sandbox()
const write = (kind: FrameKind, payload: Uint8Array) => {
  const bytes = frame(kind, payload)
  for (let written = 0; written < bytes.length; ) written += writeSync(3, bytes, written)
}
let last = Promise.resolve()

createInterface({ input: process.stdin })
  .on('line', line => {
    if (line === 'interrupt') return sandbox.interrupt()
    const request = JSON.parse(line) as QueryRequest
    last = last.then(async () => {
      const answer = await sandbox.answer(request, part => write('b', part))
      write('a', Buffer.from(JSON.stringify(answer)))
    })
  })
  .on('close', () => process.exit(0))
