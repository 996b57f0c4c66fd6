import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testPipeline } from 'recstream/testing'
import { publishedAt } from './made-up-news.mjs'
import news from './news.mjs'

const minute = 60_000
const click = { userId: 'ada', itemId: 'a1', behaviour: 'click' }

test('a click is worth the time that was read, up to two minutes, and what is passed over nothing', () => {
  const pipeline = testPipeline(news)
  const after = (behaviour, value) => pipeline.send({ ...click, behaviour, value }).row
  assert.deepEqual([after('skip').reward, after('click', 0).reward, after('click', 900).reward], [0, 0.2, 1])
  assert.ok(after('click', 90).reward > after('click', 30).reward)
  assert.deepEqual([after('click', 119).liked, after('click', 120).liked], [false, true])
})

test('freshness and the place in the visit stand among the features of the reader', () => {
  const pipeline = testPipeline(news)
  const features = (ageHours, place) => pipeline.send({ ...click, properties: { ageHours, place } }).row.userFeatures
  assert.deepEqual(features(0.5, 1), ['@age=breaking', '@place=1'])
  assert.deepEqual(features(5, 3), ['@age=fresh', '@place=3'])
  assert.deepEqual(features(30, 7), ['@age=old', '@place=later'])
  assert.deepEqual(pipeline.send(click).row.userFeatures, [])
})

test('what the learner sees of a visit are its last three articles, the late one where its time belongs', () => {
  const pipeline = testPipeline(news, { startsAt: Date.UTC(2026, 0, 5), stepMs: minute })
  for (const itemId of ['a1', 'a2', 'a3', 'a4']) pipeline.send({ ...click, itemId })
  const late = { ...click, itemId: 'a0', time: Date.UTC(2026, 0, 5) + 1.5 * minute }
  assert.equal(pipeline.send(late).row.late, true)
  pipeline.send({ ...click, itemId: 'a5' })
  const windows = pipeline.sequences.map(({ window }) => window.map(({ itemId }) => itemId).join(' '))
  assert.deepEqual(windows, ['', 'a1', 'a1 a2', 'a1 a2 a3', 'a2 a3 a4', 'a0 a3 a4'])
})

test('every event gives a list, and lists are of new articles', async () => {
  const pipeline = testPipeline(news)
  await pipeline.importSource({ folder: '3' })
  assert.deepEqual(pipeline.rejections, [])
  const lists = await pipeline.lists()
  assert.ok(lists.length > 0.9 * pipeline.rows.length)
  const day = lists.slice(-200).flatMap(({ time, items }) => {
    return items.map(({ itemId }) => (time - publishedAt(Number(itemId.slice(1)))) / (24 * 60 * minute))
  })
  const mean = day.reduce((sum, age) => sum + age, 0) / day.length
  assert.ok(mean < 1.5, `articles in lists are ${mean.toFixed(2)} days old`)
  pipeline.dispose()
})
