import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { jsonLines, recstream } from './run-cli.ts'

let data: string
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'recstream-send-'))
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

const event = (userId: string, itemId: string) =>
  JSON.stringify({ eventId: `${userId}-${itemId}`, userId, itemId, behaviour: 'rate', value: 4, time: 900_000_000_000 })

test('what is sent comes back decoded, in order', async () => {
  const lines = [event('u1', 'i1'), event('u2', 'i2'), event('u1', 'i3')]
  const sent = await recstream(['send', 'behaviour-events', '-p', 'movielens', '--data', data, '--json'], {
    stdin: `${lines.join('\n')}\n`,
  })
  expect(sent).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(sent.stdout)).toEqual({ topic: 'movielens.behaviour-events', sent: 3, invalid: 0 })

  const tailed = await recstream(['tail', 'behaviour-events', '--data', data])
  expect(tailed).toMatchObject({ code: 0, stderr: '' })
  expect(jsonLines(tailed.stdout)).toMatchObject(lines.map(line => JSON.parse(line)))
})

test('a bad line is named and left out, and the exit code tells', async () => {
  const stdin = `{"itemId":"1","title":"One"}\nnot json\n{"title":"No id"}\n{"itemId":"2","tags":"no list"}\n{"itemId":"3"}\n`
  const args = ['send', 'items', '-p', 'movielens', '--data', data]
  const { code, stdout, stderr } = await recstream(args, { stdin })
  expect(code).toBe(1)
  expect(stdout).toBe('Sent 2 records to movielens.items; 3 lines left out.\n')
  expect(stderr).toMatch(/^line 2: .*\nline 3: .*"itemId".*\nline 4: "tags" .*\n$/)
  expect((await recstream([...args, '--skip-invalid'], { stdin })).code).toBe(0)
})

test('an id of the wrong type is refused with its type, a missing one as missing', async () => {
  const args = ['send', 'behaviour-events', '-p', 'movielens', '--data', data]
  const numeric = { userId: 7, itemId: 'x', behaviour: 'rate', time: 1 }
  const { userId: _, ...without } = numeric
  const stdin = [numeric, { ...numeric, userId: '' }, without, [numeric]].map(line => JSON.stringify(line)).join('\n')
  expect((await recstream(args, { stdin })).stderr).toBe(
    `line 1: "userId" must be a text, not the number 7; write it as "7".
line 2: "userId" must be a text of 1 to 1,024 characters, not an empty text.
line 3: "userId" is missing; it must be a text of 1 to 1,024 characters.
line 4: The line must be a JSON object, not a list.
`,
  )
})

test('--tombstone deletes, and --record shows the records around the values', async () => {
  await recstream(['send', 'items', '-p', 'movielens', '--data', data], { stdin: '{"itemId":"7","title":"Seven"}' })
  const deleted = await recstream(['send', 'items', '-p', 'movielens', '--data', data, '--tombstone', '7'])
  expect(deleted.stdout).toBe('Sent 1 record to movielens.items.\n')
  const { stdout } = await recstream(['tail', 'movielens.items', '--data', data, '--record', '--from', '1'])
  expect(jsonLines(stdout)).toEqual([
    {
      topic: 'movielens.items',
      partition: 0,
      offset: 1,
      timestamp: expect.any(Number),
      key: '7',
      value: { deleted: true, id: '7' },
    },
  ])
})

test('--record-time event gives the record the time of its event', async () => {
  const args = ['send', 'behaviour-events', '-p', 'movielens', '--data', data, '--record-time', 'event']
  await recstream(args, { stdin: event('u1', 'i1') })
  const { stdout } = await recstream(['tail', 'behaviour-events', '--data', data, '--record', '--limit', '1'])
  expect(jsonLines(stdout)).toMatchObject([{ timestamp: 900_000_000_000, key: 'u1' }])
})

test('an event cannot be deleted', async () => {
  const { code, stderr } = await recstream(['send', 'behaviour-events', '-p', 'movielens', '--tombstone', 'x'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^error\[CONFIG_INVALID\]: An event cannot be deleted/)
})
