import { expect, test } from 'vitest'
import { watchBrokers } from '../../../src/cli/kafka/watch-brokers.ts'

/** Above every process number that a system gives. */
const gone = 2 ** 31 - 1
const never = new AbortController().signal
const times = { awayMs: 1, lookMs: 1 }

test('one of several that ended is started again, until the signal', async () => {
  const stop = new AbortController()
  const said: string[] = []
  const ended = {
    ...{ pid: gone, folder: 'b' },
    async restart() {
      this.pid = process.pid
    },
  }
  const other = { pid: process.pid, folder: 'a', restart: () => Promise.reject(new Error('It never ended.')) }
  const tell = (line: string) => {
    said.push(line)
    if (line.includes('is back')) stop.abort()
  }
  await watchBrokers([other, ended], { ...{ stopped: stop.signal, tell }, ...times })
  expect(said).toEqual([
    'Broker 2 ended; the others lead its partitions. It is started again in 0.001 seconds.',
    'Broker 2 is back.',
  ])
})

test('where one cannot be started again, no other is started while the cluster is being stopped', async () => {
  const said: string[] = []
  let starting = () => {}
  const begun = new Promise<void>(resolve => {
    starting = resolve
  })
  let fail = () => {}
  const failing = new Promise<void>(resolve => {
    fail = resolve
  })
  const hopeless = {
    ...{ pid: gone, folder: 'a' },
    async restart() {
      await begun
      third.pid = gone
      fail()
      throw new Error('no memory')
    },
  }
  const slow = {
    ...{ pid: gone, folder: 'b' },
    async restart() {
      starting()
      await failing
      // Its start takes longer than the other's failure.
      await new Promise(resolve => setImmediate(resolve))
      this.pid = process.pid
      said.push('started')
    },
  }
  const third = {
    ...{ pid: process.pid, folder: 'c' },
    async restart() {
      said.push('started while the cluster is being stopped')
    },
  }
  const tell = () => {}
  await expect(watchBrokers([hopeless, slow, third], { ...{ stopped: never, tell }, ...times })).rejects.toThrow(
    'no memory',
  )
  expect(said).toEqual(['started'])
})

test('the only one that ended is the end, and its log is named', async () => {
  const only = { pid: gone, folder: 'kafka', restart: () => Promise.reject(new Error('It is the only one.')) }
  await expect(watchBrokers([only], { ...{ stopped: never, tell: () => {} }, ...times })).rejects.toMatchObject({
    code: 'LOG_UNAVAILABLE',
    message: 'Kafka ended by itself; see kafka/broker.log.',
  })
})
