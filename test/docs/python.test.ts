import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import movielens from '../../pipelines/movielens/index.ts'
import { testPipeline } from '../../src/testing/index.ts'
import { blocksOf } from './markdown.ts'

// The block is run as it stands; only the client that it imports is one that has a topic of one list and no broker.

const folder = mkdtempSync(join(tmpdir(), 'recstream-python-'))
const hasPython = spawnSync('python3', ['--version']).status === 0
const [block] = blocksOf('python')
const list = blocksOf('json').flatMap(({ text }) =>
  text.split('\n').filter(line => line.includes('recommendationId":"learner-42","userId":"ann","time"')),
)[0]!

const client = `
import sys
class Producer:
    def __init__(self, settings): pass
    def produce(self, topic, key, value): print(topic, key, value, sep="\\t", file=sys.stderr)
    def flush(self): pass
class Record:
    def error(self): return None
    def headers(self): return [("recstream-sequence", b"42")]
    def partition(self): return 0
    def value(self): return ${JSON.stringify(list)}.encode()
class Consumer:
    left = 2                                  # the list comes twice, as after a crash
    def __init__(self, settings): pass
    def subscribe(self, topics): pass
    def poll(self, seconds):
        if self.left == 0: sys.exit()
        self.left -= 1
        return Record()
`

beforeAll(() => writeFileSync(join(folder, 'confluent_kafka.py'), client))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.skipIf(!hasPython)('what the Python block sends is kept, and it reads each list once', () => {
  writeFileSync(join(folder, 'block.py'), block!.text)
  const { status, stdout, stderr } = spawnSync('python3', ['block.py'], { cwd: folder, encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  const [topic, key, value] = stderr.trim().split('\t')
  expect(topic).toBe('movielens.behaviour-events')
  using pipeline = testPipeline(movielens)
  expect(pipeline.sendRecord({ key: key!, value: value!, timestamp: Date.now() })).toMatchObject({
    row: { userId: 'ann', reward: 0.875 },
    rejection: null,
  })
  expect(stdout.trim().split('\n')).toHaveLength(1)
  expect(stdout).toContain("'itemId': 'film'")
})
