import { hashText } from '../../state/hash.ts'
import { logitOf } from '../../state/logit.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { intColumn } from '../../state/slot-column.ts'
import { everyRow, type UserRows, userColumns } from '../../state/user-rows.ts'
import { keyOf, keyTable } from '../ensemble/watch/key-table.ts'
import { lastRecords } from './last-records.ts'
import { damping, fadeOfAll, pairKinds, recordsSize, signalCount, userFades, within } from './records-layout.ts'
import { signalRates } from './signal-rates.ts'

/**
 * What a user did lately, as dense numbers: rates of several signals at several speeds and in the context at hand, in logits,
 * drawn to those of all while little is known; and the last records.
 *
 *     records.observe(user, time)   // `values` holds `recordsSize` numbers
 *     records.learn(user, signals, time)
 *
 * Everything read is of before the event, and what was read last is not worked out again. A user's rates by context go by a
 * number that the user's slot has until it is reset, so that nobody's are found again once they are forgotten.
 *
 * Rates of items, of items and their tokens by context, and of users by token were tried and left out: the logistic
 * regression has them, and several signals of them said nothing more.
 */
export interface SignalRecords {
  readonly values: Float64Array
  /** Returns how often values were read: as long as that stays, they are the same. */
  observe(user: number, time: number): number
  /** `signals`: the reward, then as many as `signalNames` has, NaN where the event does not say. */
  learn(user: number, signals: Float64Array, time: number): void
  /** Tokens that begin with "@" say what surrounds the event at hand; others are not looked at. */
  describeUser(slot: number, tokens: readonly string[]): void
  resetUser(slot: number): void
  /** Somebody who is nobody's stands there: no number is used up. */
  guestUser(slot: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export function signalRecords(options: { pairs: number; rows?: UserRows }): SignalRecords {
  const { rows = everyRow } = options
  const values = new Float64Array(recordsSize)
  const rates = signalRates(userFades, signalCount, rows)
  const last = lastRecords(rows)
  // Sums of the signals, then events.
  const pairs = keyTable({ capacity: options.pairs, width: signalCount + 1 })
  const versions = intColumn()
  const contexts = intColumn()
  const ofUsers = userColumns({ versions, contexts }, rows)
  const given = Int32Array.of(0) // numbers given to slots
  // Sums of late, then events: ten to begin with.
  const all = new Float64Array(signalCount + 1).fill(4)
  all[signalCount] = 10
  /** Events that said a signal: what none does costs nothing. */
  const said = new Float64Array(signalCount)
  const means = new Float64Array(signalCount)
  const logits = new Float64Array(signalCount)
  const filled = new Float64Array(signalCount)
  // What was read last; −1 where it must be read anew.
  const moment = { user: -1, time: 0 }
  let reads = 0
  const forgetMoment = () => {
    moment.user = -1
  }

  const logitDrawn = (sum: number, count: number, mean: number, drawn: number) =>
    logitOf((sum + drawn * mean) / (count + drawn))
  const readRates = (row: number): void => {
    for (let k = 0, from = row * rates.fades * signalCount; k < rates.fades; k++) {
      const count = rates.counts.data[row * rates.fades + k]!
      for (let s = 0; s < signalCount; s++, from++) {
        if (said[s] === 0 || count === 0) continue
        values[k * signalCount + s] = logitDrawn(rates.sums.data[from]!, count, means[s]!, damping.user) - logits[s]!
      }
    }
  }
  /** Rates of the context, and of the user in it; returns the user's events there. */
  const readContext = (context: number, version: number, at: number): number => {
    const here = pairs.find(keyOf(pairKinds.context, context, 0)) * (signalCount + 1)
    const own = pairs.find(keyOf(pairKinds.user, version, context)) * (signalCount + 1)
    const [around, count] = [
      here < 0 ? 0 : pairs.values[here + signalCount]!,
      own < 0 ? 0 : pairs.values[own + signalCount]!,
    ]
    for (let s = 0; s < signalCount; s++) {
      if (said[s] === 0) continue
      const sum = here < 0 ? 0 : pairs.values[here + s]!
      const mean = (sum + damping.context * means[s]!) / (around + damping.context)
      const logit = logitOf(mean)
      if (count > 0) values[at + s] = logitDrawn(pairs.values[own + s]!, count, mean, damping.user) - logit
      values[at + signalCount + s] = logit - logits[s]!
    }
    return count
  }
  const note = (key: number) => {
    const from = pairs.admit(key) * (signalCount + 1)
    for (let s = 0; s < signalCount; s++) pairs.values[from + s]! += filled[s]!
    pairs.values[from + signalCount]! += 1
  }
  const beginUser = (slot: number, version: number) => {
    ofUsers.reset(slot)
    const row = rows.of(slot)
    versions.data[row] = version
    rates.reset(slot)
    last.reset(slot)
    forgetMoment()
  }

  return {
    values,
    observe(user, time) {
      if (user === moment.user && time === moment.time) return reads
      reads += 1
      moment.user = user
      moment.time = time
      for (let s = 0; s < signalCount; s++) {
        means[s] = all[s]! / all[signalCount]!
        logits[s] = logitOf(means[s]!)
      }
      values.fill(0)
      const row = rows.of(user)
      readRates(row)
      const context = contexts.data[row]!
      let at = rates.fades * signalCount
      const known = readContext(context, versions.data[row]!, at)
      at += 2 * signalCount
      values[at++] = Math.log1p(rates.counts.data[(row + 1) * rates.fades - 1]!) / 3
      values[at++] = Math.log1p(known) / 3
      last.read(user, time, context, means, values, at)
      for (let k = 0; k < recordsSize; k++) values[k] = within(values[k]!)
      return reads
    },
    learn(user, signals, time) {
      for (let s = 0; s < signalCount; s++) {
        filled[s] = Number.isNaN(signals[s]) ? all[s]! / all[signalCount]! : signals[s]!
        if (!Number.isNaN(signals[s])) said[s]! += 1
      }
      const row = rows.of(user)
      const context = contexts.data[row]!
      rates.add(user, filled)
      last.add(user, filled, context, time)
      note(keyOf(pairKinds.context, context, 0))
      note(keyOf(pairKinds.user, versions.data[row]!, context))
      for (let s = 0; s < signalCount; s++) all[s] = fadeOfAll * all[s]! + filled[s]!
      all[signalCount] = fadeOfAll * all[signalCount]! + 1
      forgetMoment()
    },
    describeUser(slot, tokens) {
      const row = rows.of(slot)
      contexts.data[row] = hashText(tokens.filter(token => token.startsWith('@')).join())
      forgetMoment()
    },
    resetUser(slot) {
      given[0]! += 1
      beginUser(slot, given[0]!)
    },
    guestUser: slot => beginUser(slot, 0),
    save: users => ({
      ...prefixed('rates', rates.save(users)),
      ...prefixed('last', last.save(users)),
      ...prefixed('pairs', pairs.save()),
      ...ofUsers.save(users),
      ...{ given: given.slice(), all: all.slice(), said: said.slice() },
    }),
    restore(arrays) {
      rates.restore(withPrefix('rates', arrays))
      last.restore(withPrefix('last', arrays))
      pairs.restore(withPrefix('pairs', arrays))
      ofUsers.restore(arrays)
      given.set(arrays['given'] as Int32Array)
      all.set(arrays['all'] as Float64Array)
      said.set(arrays['said'] as Float64Array)
      forgetMoment()
    },
  }
}
