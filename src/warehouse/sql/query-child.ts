// One query in a process of its own: reads a request on standard input, writes the answer to file descriptor 3.
import { readFileSync, writeSync } from 'node:fs'
import type { QueryRequest } from './query.ts'
import { answerQuery } from './sandbox.ts'

const answer = await answerQuery(JSON.parse(readFileSync(0, 'utf8')) as QueryRequest)
const bytes = Buffer.from(JSON.stringify(answer))
for (let written = 0; written < bytes.length; ) written += writeSync(3, bytes, written)
process.exit(0)
