import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import click from '../../pipelines/kuairand/click.ts'
import { splitCsv } from '../../pipelines/kuairand/csv.ts'
import kuairand, { watchReward } from '../../pipelines/kuairand/index.ts'
import longView from '../../pipelines/kuairand/long-view.ts'
import type { BehaviourEvent } from '../../src/records/definition.ts'
import { all, folders } from './rows.ts'

const folderOf = folders()
const { read } = kuairand.source!
const header =
  'tab,user_id,video_id,time_ms,is_click,is_like,is_follow,is_comment,is_forward,is_hate,long_view,play_time_ms,duration_ms,is_rand\n'
const users =
  'user_id,user_active_degree,fans_user_num_range,is_live_streamer,onehot_feat4\n5,full_active,"[100,1k)",-124,4.0\n6,,0,1,\n'
const videos =
  'video_id,author_id,video_type,upload_type,video_duration,tag\n1,77,NORMAL,Web,38766.0,9\n2,,AD,Kmovie,,"39,68"\n'

test('reads events of all log files in the order of time, with ids by file and row; a repeat has the id of the first', async () => {
  const reader = read(
    folderOf({
      'log_b.csv': `${header}1,5,1,3000,1,0,0,0,0,0,1,20500,38766,0\n1,5,1,3000,1,0,0,0,0,0,1,20500,38766,0\n`,
      'log_a.csv.gz': gzipSync(`${header}4,6,2,4000,0,1,1,1,1,1,0,0,0,1\n2,5,2,2000,0,1,0,0,0,0,0,250,5000,0\n`),
      'user_features_x.csv': users,
      'video_features_basic_x.csv': videos,
    }),
  )
  const events = await all(reader.events())
  expect(events.map(({ eventId, userId, itemId, time, value }) => [eventId, userId, itemId, time, value])).toEqual([
    ['log_a:2', '5', '2', 2000, 0.25],
    ['log_b:1', '5', '1', 3000, 20.5],
    ['log_b:1', '5', '1', 3000, 20.5],
    ['log_a:1', '6', '2', 4000, 0],
  ])
  expect(events[1]!.properties).toEqual({
    ...{ duration: 38.766, click: 1, like: 0, follow: 0, comment: 0, forward: 0, hate: 0, longView: 1, tab: 1 },
  })
  expect(events[3]!.properties).toEqual({
    ...{ duration: 0, click: 0, like: 1, follow: 1, comment: 1, forward: 1, hate: 1, longView: 0, tab: 4 },
  })
  expect(events[1]).toEqual({ ...events[2], eventId: 'log_b:1' })
  expect(await reader.eventCount?.()).toBe(4)
  expect(reader.name).toBe('kuairand/log_a+log_b')
})

test('gives what is known of users and videos', async () => {
  const reader = read(
    folderOf({
      'data/log_a.csv': header,
      'data/user_features_x.csv': users,
      'data/video_features_basic_x.csv': videos,
    }),
  )
  expect(await all(reader.profiles())).toEqual([
    { userId: '5', attributes: { active: 'full_active', fans: '[100,1k)', onehot4: '4' } },
    { userId: '6', attributes: { fans: '0', streamer: '1' } },
  ])
  const items = await all(reader.items())
  expect(items).toEqual([
    {
      itemId: '1',
      title: null,
      attributes: { duration: 'under-60s', type: 'NORMAL', upload: 'Web', author: '77' },
      tags: ['9'],
    },
    { itemId: '2', title: null, attributes: { duration: 'unknown', type: 'AD', upload: 'Kmovie' }, tags: ['39', '68'] },
  ])
  expect(kuairand.features.item?.(items[0]!)).toEqual(['duration=under-60s', 'type=NORMAL', 'upload=Web', 'tag=9'])
  expect(await all(reader.events())).toEqual([])
})

test('says what is missing or damaged', async () => {
  expect(() => read(folderOf({}))).toThrowError(expect.objectContaining({ code: 'SOURCE_MISSING' }))
  expect(() => read('no/such/folder')).toThrowError(/kuairand\.com .* --source/)
  const rest = { 'user_features_x.csv': users, 'video_features_basic_x.csv': videos }
  const damaged = folderOf({ 'log_a.csv': `${header}1,5,1,3000,1,0,0,0,0,0,1,20500,38766,0\n1,5,1,30\n`, ...rest })
  await expect(all(read(damaged).events())).rejects.toThrow('Line 3 of log_a.csv')
  const other = folderOf({ 'log_a.csv': 'user,video\n', ...rest })
  await expect(all(read(other).events())).rejects.toThrow('log_a.csv has no column time_ms')
})

test('splits quoted fields', () => {
  expect(splitCsv('1,"[100,1k)",')).toEqual(['1', '[100,1k)', ''])
  expect(splitCsv('"a ""b""",c')).toEqual(['a "b"', 'c'])
  expect(splitCsv('x,"never closed, this')).toEqual(['x', 'never closed, this'])
  const field = fc.string().filter(text => !text.includes('\n'))
  fc.assert(
    fc.property(fc.array(field, { minLength: 1 }), fields => {
      expect(splitCsv(fields.map(text => `"${text.replaceAll('"', '""')}"`).join(','))).toEqual(fields)
    }),
  )
})

const view = (value: number | null, properties: Record<string, number>): BehaviourEvent => {
  return {
    eventId: 'e',
    userId: 'u',
    itemId: 'i',
    behaviour: 'view',
    time: 0,
    value,
    properties,
    recommendationId: null,
  }
}

test.each([
  ['half of a short video', view(5, { duration: 10 }), 0.4],
  ['a short video to its end', view(10, { duration: 10 }), 0.8],
  ['18 seconds of a long one', view(18, { duration: 300 }), 0.8],
  ['a long one to its end, liked', view(300, { duration: 300, like: 1 }), 1],
  ['passed over, but commented and forwarded', view(0, { duration: 30, comment: 1, forward: 1 }), 0.2],
  ['watched to the end and hated', view(30, { duration: 30, like: 1, hate: 1 }), 0],
  ['a picture, 9 seconds', view(9, { duration: 0 }), 0.4],
  ['nothing known', view(null, {}), 0],
])('the reward of %s', (_, event, reward) => {
  expect(watchReward(event)).toBeCloseTo(reward, 12)
})

test('clicks and long views are rewards of their own, and of what surrounds an event only the tab is known', () => {
  const event = view(3, { duration: 10, click: 1, longView: 0, tab: 4 })
  expect([click.reward(event), longView.reward(event)]).toEqual([1, 0])
  for (const { features, source } of [kuairand, click, longView]) {
    expect(features.context?.(event)).toEqual(['tab=4'])
    expect(features.context?.({ ...event, value: 30, properties: { tab: 4, like: 1, longView: 1 } })).toEqual(['tab=4'])
    expect(source).toEqual(kuairand.source)
  }
})

const sample = join(import.meta.dirname, '../../pipelines/kuairand/data')

test('the shipped sample is whole, in order, keeps its repeats and stays below 1.2 MB', async () => {
  const size = readdirSync(sample).reduce((sum, name) => sum + statSync(join(sample, name)).size, 0)
  expect(size).toBeLessThan(1_200_000)
  const reader = read(sample)
  const [events, profiles, items] = [
    await all(reader.events()),
    await all(reader.profiles()),
    await all(reader.items()),
  ]
  expect([events.length, profiles.length, items.length]).toEqual([74_952, 8_349, 5_313])
  const users = new Set(profiles.map(profile => profile.userId))
  const videos = new Set(items.map(item => item.itemId))
  const seen = new Set<string>()
  let [repeats, longViews, positive, agree, unknown, last] = [0, 0, 0, 0, 0, kuairand.epoch]
  let inOrder = true
  for (const event of events) {
    const key = JSON.stringify({ ...event, eventId: '' })
    if (seen.has(key)) repeats++
    seen.add(key)
    if (!users.has(event.userId) || !videos.has(event.itemId)) unknown++
    const isPositive = watchReward(event) >= 0.8
    if (isPositive) positive++
    if (event.properties.longView === 1) longViews++
    if (isPositive === (event.properties.longView === 1)) agree++
    inOrder &&= event.time >= last
    last = event.time
  }
  expect({ inOrder, unknown, repeats }).toEqual({ inOrder: true, unknown: 0, repeats: 1_896 })
  expect(new Set(events.map(event => event.eventId)).size).toBe(events.length - repeats)
  expect(longViews / events.length).toBeCloseTo(0.311, 3)
  expect(positive / events.length).toBeCloseTo(0.31, 2)
  expect(agree / events.length).toBeGreaterThan(0.995)
})

const full = join(import.meta.dirname, '../../../shared/data/kuairand-pure')

test.skipIf(!existsSync(full))(
  'reads the whole of KuaiRand-Pure (skipped without ../shared/data/kuairand-pure)',
  async () => {
    const reader = read(full)
    expect(await reader.eventCount?.()).toBe(228_329)
    let events = 0
    for await (const event of reader.events()) if (event.time > 0) events++
    expect(events).toBe(228_329)
  },
)
