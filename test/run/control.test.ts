import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { askControl, serveControl } from '../../src/run/control.ts'
import { layoutOf } from '../../src/run/layout.ts'

let folder: string
let socket: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-control-'))
  socket = process.platform === 'win32' ? layoutOf(folder, 'shop').control : join(folder, 'control.sock')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What the caller is told when the pipeline's end of the socket does this. */
async function askedOf(answer: (outgoing: ServerResponse) => void): Promise<unknown> {
  const server = createServer((_, outgoing) => answer(outgoing))
  await new Promise<void>(resolve => server.listen(socket, resolve))
  try {
    return await askControl(socket, 'status').catch(error => error)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test('an answer comes as it was given, and a failure as a sentence', async () => {
  const control = await serveControl(socket, {
    status: async () => ({ sequence: 7 }),
    snapshot: () => Promise.reject(new Error('The disk is full.')),
  })
  expect(await askControl(socket, 'status')).toEqual({ sequence: 7 })
  await expect(askControl(socket, 'snapshot')).rejects.toMatchObject({
    code: 'WAREHOUSE_FAILED',
    message: 'The running pipeline could not answer: The disk is full.',
  })
  await control.close()
  await expect(askControl(socket, 'status')).rejects.toMatchObject({ code: 'NOT_RUNNING' })
})

test('a pipeline that ends within its answer is not running', async () => {
  const asked = await askedOf(outgoing => {
    outgoing.writeHead(200, { 'content-length': '100' }).write('{"sequence": ', () => outgoing.destroy())
  })
  expect(asked).toMatchObject({ code: 'NOT_RUNNING' })
})

test.each([
  ['half an object', 200, '{"sequence": '],
  ['nothing', 200, ''],
  ['a page in place of an error', 500, '<html>'],
  ['null in place of an error', 500, 'null'],
])('%s is no answer', async (_, status, body) => {
  expect(await askedOf(outgoing => outgoing.writeHead(status).end(body))).toMatchObject({ code: 'WAREHOUSE_FAILED' })
})
