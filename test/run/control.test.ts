import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { askControl, serveControl } from '../../src/run/control.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { knock } from '../promises/doors.ts'
import { seeded } from '../promises/random.ts'

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

test.each(['constructor', 'toString', '__proto__', 'valueOf', 'hasOwnProperty'])(
  'the name %s, which every object inherits, is no question',
  async name => {
    const control = await serveControl(socket, { status: async () => ({}), snapshot: async () => ({}) })
    await expect(askControl(socket, name as 'status')).rejects.toThrow('There is no such question.')
    await control.close()
  },
)

test('an answer that cannot be made a text is a failure, and one that throws at once is', async () => {
  const control = await serveControl(socket, {
    status: async () => ({ sequence: 7n }),
    snapshot: () => {
      throw new Error('No room.')
    },
  })
  await expect(askControl(socket, 'status')).rejects.toMatchObject({ code: 'WAREHOUSE_FAILED' })
  await expect(askControl(socket, 'snapshot')).rejects.toThrow('No room.')
  await control.close()
})

test('whatever is asked, and however, it answers the next question', async () => {
  const handlers = { status: async () => ({ sequence: 7 }), snapshot: () => Promise.reject(new Error('No room.')) }
  const control = await serveControl(socket, handlers, { patienceMs: 100 })
  const answers = await knock(socket, { times: 300, random: seeded(6), known: Object.keys(handlers) })
  expect(await askControl(socket, 'status')).toEqual({ sequence: 7 })
  await control.close()
  const expected = ['200', '400', '404', '405', '408', '431', '500', 'left', 'let go']
  expect([...answers.keys()].filter(answer => !expected.includes(answer))).toEqual([])
  for (const answer of ['200', '404', '405', 'left']) expect(answers.get(answer)).toBeGreaterThan(0)
})
