import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeCommand } from '../../src/codec/output.ts'
import { topicsOf } from '../../src/records/topics.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { openLog } from '../../src/run/open-log.ts'
import { recstream, root, until } from '../promises/command.ts'
import { differences } from '../promises/contents.ts'
import { ownPipeline } from '../promises/own-pipeline.ts'
import { lasting, type Outcome, outcomeOf, type Run, startArguments, undisturbed } from '../promises/twins.ts'

// A shop whose items come, sell out and go, with room for a third of its users, some of whom turn out to be one.
const name = 'known'
const settings = ['learn.maxUsers=40', 'learn.checkpointEvery=200', 'learn.batchesPerStep=1']
let folder: string
let whole: Outcome
const run = (data: string, days: number): Run => {
  const pipeline = ownPipeline(folder, name, 'generated-shop')
  return { name, pipeline, source: `users=120,items=80,days=${days}`, settings, data: join(folder, data) }
}

beforeAll(async () => {
  folder = mkdtempSync(join(root, '.crash-'))
  await beginning('whole')
  whole = await undisturbed(run('whole', 4))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Two days, after which users are said to be one. */
async function beginning(data: string): Promise<void> {
  const begun = await undisturbed(run(data, 2))
  const users = begun.contents['table users']!.map(row => JSON.parse(row)[0] as string)
  const log = await openLog({}, layoutOf(join(folder, data), name))
  const producer = await log.producer('command line')
  const records = Array.from({ length: 20 }, (_, k) => {
    const [fromUser, toUser] = [users[k]!, users[k < 10 ? k + 20 : k - 1]!]
    const command = { ...{ commandId: `merge ${k}`, kind: 'merge' as const, fromUser, toUser }, shares: {}, arm: null }
    return {
      key: null,
      timestamp: 0,
      value: encodeCommand({ ...command, time: 0, reason: '', appliedAt: null }, 'avro'),
    }
  })
  await producer.append(topicsOf(name).commands, records)
  await producer.close()
  await log.close()
}

test('users came back, items changed and merges took effect', () => {
  const changes = whole.contents['changes on interest-sequences']!.map(row => JSON.parse(row)[1] as { kind: string })
  expect(new Set(changes.map(({ kind }) => kind))).toEqual(new Set(['item', 'user', 'excluded']))
  expect(whole.contents['topic commands']!.filter(row => JSON.parse(row).appliedAt !== null)).toHaveLength(20)
})

test('stopped in the middle and started again, all is equal', async () => {
  await beginning('stopped')
  const again = run('stopped', 4)
  const manifest = join(layoutOf(again.data, name).checkpoints, 'manifest.json')
  const before = statSync(manifest).mtimeMs
  const begun = recstream(startArguments(again))
  await until('a checkpoint after the merges', () => statSync(manifest).mtimeMs > before)
  begun.child.kill('SIGTERM')
  await begun.ended
  const outcome = await outcomeOf(again, await recstream(startArguments(again)).ended)
  expect(differences(whole.contents, outcome.contents)).toEqual([])
  expect(lasting(outcome)).toEqual(lasting(whole))
})

test('with the warehouse and the checkpoints removed, all is built again as it was', async () => {
  const { warehouse, checkpoints } = layoutOf(join(folder, 'whole'), name)
  rmSync(dirname(warehouse), { recursive: true })
  rmSync(checkpoints, { recursive: true })
  const outcome = await undisturbed(run('whole', 4))
  expect(differences(whole.contents, outcome.contents)).toEqual([])
  expect(lasting(outcome)).toEqual(lasting(whole))
})
