import { describe, expect, test } from 'vitest'
import { lastLine, recstream, until } from '../promises/command.ts'
import { differences, tablesOf } from '../promises/contents.ts'
import { disturbedRun } from '../promises/disturb.ts'
import { eventsIn, live, livedBy, livedOnce, people, type Result } from '../promises/lived.ts'
import { seeded } from '../promises/random.ts'
import { inFolder } from '../promises/twins.ts'

const undisturbed = livedOnce()

describe('people who use a pipeline over its topics', () => {
  test('go on where they were when simulator, ingest and learner are killed, and leave what they would have left', () =>
    inFolder(async data => {
      const kills = ['supervisor', 'learn', 'supervisor', 'ingest']
      const how = { kills, between: [1_000, 2_500], failpoints: [], random: seeded(1) } as const
      const { ended } = await disturbedRun(live(undisturbed.folder, data), how)
      const again = await livedBy(ended, data)
      expect(again.said).toEqual(undisturbed.first.said)
      expect(differences(undisturbed.first.contents, again.contents)).toEqual([])
    }))

  test('stop between two rounds at Ctrl-C, and go on when the same command is given again', () =>
    inFolder(async data => {
      for (const events of [1, 120]) {
        const begun = recstream(live(undisturbed.folder, data))
        await until(`${events} events`, async () => (await eventsIn(data)) >= events)
        begun.child.kill('SIGINT')
        const stopped = await begun.ended
        expect([stopped.code, stopped.stdout]).toEqual([130, ''])
        expect(stopped.stderr).toMatch(/the same command goes on from here/i)
      }
      const again = await livedBy(await recstream(live(undisturbed.folder, data)).ended, data)
      expect(again.said).toEqual(undisturbed.first.said)
      expect(differences(undisturbed.first.contents, again.contents)).toEqual([])
    }))
})

test.each(['ecommerce', 'livestream'])('%s has them as its users too', pipeline =>
  inFolder(async data => {
    const args = ['simulate', 'live', pipeline, '--data', data, '--json', ...people.slice(0, 4), '--steps', '40']
    const result = lastLine<Result>(await recstream([...args, '--backend', 'wasm']).ended)
    expect(result).toMatchObject({ pipeline })
    expect(result.steps).toBeGreaterThanOrEqual(40)
    const { contents: tables } = await tablesOf(data, pipeline)
    expect(tables['table events']).toHaveLength(result.steps)
    expect(tables['table dead_letters']).toEqual([])
  }),
)
