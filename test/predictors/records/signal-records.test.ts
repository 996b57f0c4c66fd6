import { expect, test } from 'vitest'
import { recordsSize, signalCount, userFades } from '../../../src/predictors/records/records-layout.ts'
import { type SignalRecords, signalRecords } from '../../../src/predictors/records/signal-records.ts'
import { type Random, seededRandom } from '../../../src/state/random.ts'

const unsaid = Number.NaN
const clicked = Float64Array.of(1, 1, unsaid, 0.9, 0.5)
const passed = Float64Array.of(0, 0, unsaid, 0.1, 0.1)

function made(users: number): SignalRecords {
  const records = signalRecords({ pairs: 1024 })
  for (let user = 0; user < users; user++) {
    records.resetUser(user)
    records.describeUser(user, ['age=25', '@tab=1'])
  }
  return records
}

const read = (records: SignalRecords, user: number, time: number) => {
  records.observe(user, time)
  return records.values.slice()
}
/** Where the rate of a signal at a fade stands, and that of the user in the context. */
const rateAt = (fade: number, signal: number) => fade * signalCount + signal
const inContext = userFades.length * signalCount

function happen(records: SignalRecords, random: Random, from: number, to: number): void {
  for (let k = from; k < to; k++) {
    const user = random.integer(3)
    records.describeUser(user, [`@tab=${random.integer(2)}`])
    records.learn(user, random.uniform() < 0.5 ? clicked : passed, 60_000 * k)
  }
}

test('whoever clicks more than others has rates above zero, whoever less below', () => {
  const records = made(2)
  for (let k = 0; k < 40; k++) {
    records.learn(0, clicked, 60_000 * k)
    records.learn(1, passed, 60_000 * k)
  }
  const [often, seldom] = [read(records, 0, 3_000_000), read(records, 1, 3_000_000)]
  for (let fade = 0; fade < userFades.length; fade++) {
    expect(often[rateAt(fade, 1)]).toBeGreaterThan(0.5)
    expect(seldom[rateAt(fade, 1)]).toBeLessThan(-0.5)
  }
  expect(often[inContext + 1]).toBeGreaterThan(0.5)
})

test('a signal that no event says is zero in every place', () => {
  const records = made(2)
  for (let k = 0; k < 40; k++) records.learn(k % 2, k % 2 === 0 ? clicked : passed, 60_000 * k)
  const values = read(records, 0, 3_000_000)
  for (let fade = 0; fade < userFades.length; fade++) expect(values[rateAt(fade, 2)]).toBe(0)
})

test('all lies within four of zero, whatever is learned', () => {
  const records = made(1)
  for (let k = 0; k < 3_000; k++) records.learn(0, k % 1000 === 0 ? passed : clicked, 5_000_000 * k)
  for (const value of read(records, 0, 1e15)) expect(Math.abs(value)).toBeLessThanOrEqual(4)
})

test('reading changes nothing, and an event is not known before it is learned', () => {
  const records = made(2)
  records.learn(0, clicked, 0)
  const before = read(records, 0, 1_000)
  read(records, 1, 1_000)
  expect(read(records, 0, 1_000)).toEqual(before)
  records.learn(0, passed, 1_000)
  expect(read(records, 0, 1_000)).not.toEqual(before)
})

test('of whoever is forgotten nothing is found again, not even in the same place', () => {
  const records = made(2)
  for (let k = 0; k < 30; k++) records.learn(k % 2, clicked, 60_000 * k)
  records.resetUser(0)
  records.describeUser(0, ['@tab=1'])
  const values = read(records, 0, 2_000_000)
  for (let at = 0; at < inContext + signalCount; at++) expect(values[at]).toBe(0)
  expect(read(records, 1, 2_000_000)[inContext + 3]).not.toBe(0)
})

test('a guest uses no number up, so that answers change nothing', () => {
  const records = made(2)
  const before = records.save(2)['given']
  records.guestUser(2)
  expect(records.save(2)['given']).toEqual(before)
})

test('saved and restored it goes on to the last bit', () => {
  const [one, other] = [made(3), signalRecords({ pairs: 1024 })]
  happen(one, seededRandom(1, 'test'), 0, 200)
  other.restore(structuredClone(one.save(3)))
  for (const records of [one, other]) happen(records, seededRandom(2, 'test'), 200, 400)
  expect(other.save(3)).toEqual(one.save(3))
  expect(read(other, 1, 1e9)).toEqual(read(one, 1, 1e9))
  expect(read(one, 1, 1e9)).toHaveLength(recordsSize)
})
