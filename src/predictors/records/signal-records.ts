import { hashText } from '../../state/hash.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { intColumn } from '../../state/slot-column.ts'
import { keyOf, keyTable } from '../ensemble/watch/key-table.ts'
import { itemTokens } from './item-tokens.ts'
import { lastRecords } from './last-records.ts'
import {
  damping,
  fadeOfAll,
  itemFades,
  itemSize,
  logitOf,
  pairKinds,
  signalCount,
  userFades,
  userSize,
  within,
} from './records-layout.ts'
import { type SignalRates, signalRates } from './signal-rates.ts'

/**
 * What users, items, contexts and tokens did lately, as dense numbers: rates of several signals in logits, drawn to their
 * mean while little is known, and the user's last records.
 *
 *     records.observe(user, time)      // `ofUser` holds `userSize` numbers
 *     records.read(user, item, time)   // and `ofItem` holds `itemSize`
 *     records.learn(user, item, signals, time)
 *
 * Everything read is of before the event, and what was read last is not worked out again. What is known of a user's pairs goes by a number that the user's slot has until it
 * is reset, so that nobody's are found again once they are forgotten.
 */
export interface SignalRecords {
  readonly ofUser: Float64Array
  readonly ofItem: Float64Array
  observe(user: number, time: number): void
  read(user: number, item: number, time: number): void
  /** `signals`: the reward, then as many as `signalNames` has, NaN where the event does not say. */
  learn(user: number, item: number, signals: Float64Array, time: number): void
  /** Tokens that begin with "@" say what surrounds the event at hand; others are not looked at. */
  describeUser(slot: number, tokens: readonly string[]): void
  describeItem(slot: number, tokens: readonly string[]): void
  resetUser(slot: number): void
  /** Somebody who is nobody's stands there: no number is used up. */
  guestUser(slot: number): void
  resetItem(slot: number, hash: number): void
  save(users: number, items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export function signalRecords(options: { pairs: number }): SignalRecords {
  const ofUser = new Float64Array(userSize)
  const ofItem = new Float64Array(itemSize)
  const users = signalRates(userFades, signalCount)
  const items = signalRates(itemFades, signalCount)
  const last = lastRecords()
  const tokens = itemTokens()
  // Sums of the signals, then events.
  const pairs = keyTable({ capacity: options.pairs, width: signalCount + 1 })
  const versions = intColumn()
  const contexts = intColumn()
  const itemIds = intColumn()
  const given = Int32Array.of(0) // numbers given to slots of users
  // Sums of late, then events: ten to begin with.
  const all = new Float64Array(signalCount + 1).fill(4)
  all[signalCount] = 10
  /** Events that said a signal: what none does costs nothing. */
  const said = new Float64Array(signalCount)
  const means = new Float64Array(signalCount)
  const logits = new Float64Array(signalCount)
  const meansHere = new Float64Array(signalCount)
  const logitsHere = new Float64Array(signalCount)
  const filled = new Float64Array(signalCount)
  let context = 0
  // What was read last; −1 where it must be read anew.
  const moment = { user: -1, time: 0, item: -1 }
  const forgetMoment = () => {
    moment.user = -1
    moment.item = -1
  }

  /** How far a slot's rates lie from the means of all. */
  const slotRates = (rates: SignalRates, slot: number, drawn: number, into: Float64Array) => {
    for (let k = 0, from = slot * rates.fades * signalCount; k < rates.fades; k++) {
      const count = rates.counts.data[slot * rates.fades + k]!
      for (let s = 0; s < signalCount; s++, from++) {
        if (said[s] === 0 || count === 0) continue
        const rate = (rates.sums.data[from]! + drawn * means[s]!) / (count + drawn)
        into[k * signalCount + s] = logitOf(rate) - logits[s]!
      }
    }
  }
  /** Add how far a pair's rates lie from the context's, so much of it; returns the pair's events. */
  const pairRates = (key: number, drawn: number, into: Float64Array, at: number, share: number): number => {
    const place = pairs.find(key)
    if (place < 0) return 0
    const { values } = pairs
    const from = place * (signalCount + 1)
    const count = values[from + signalCount]!
    for (let s = 0; s < signalCount; s++) {
      if (said[s] === 0) continue
      const rate = (values[from + s]! + drawn * meansHere[s]!) / (count + drawn)
      into[at + s]! += share * (logitOf(rate) - logitsHere[s]!)
    }
    return count
  }
  const note = (key: number) => {
    const from = pairs.admit(key) * (signalCount + 1)
    for (let s = 0; s < signalCount; s++) pairs.values[from + s]! += filled[s]!
    pairs.values[from + signalCount]! += 1
  }
  const observeContext = () => {
    const place = pairs.find(keyOf(pairKinds.context, context, 0))
    const from = place * (signalCount + 1)
    const count = place < 0 ? 0 : pairs.values[from + signalCount]!
    for (let s = 0; s < signalCount; s++) {
      means[s] = all[s]! / all[signalCount]!
      logits[s] = logitOf(means[s]!)
      const sum = place < 0 ? 0 : pairs.values[from + s]!
      meansHere[s] = (sum + damping.context * means[s]!) / (count + damping.context)
      logitsHere[s] = logitOf(meansHere[s]!)
    }
  }
  const beginUser = (slot: number, version: number) => {
    for (const column of [versions, contexts]) {
      column.reserve(slot + 1)
      column.reset(slot)
    }
    versions.data[slot] = version
    users.reset(slot)
    last.reset(slot)
    forgetMoment()
  }

  const observe = (user: number, time: number) => {
    if (user === moment.user && time === moment.time) return
    Object.assign(moment, { user, time, item: -1 })
    context = contexts.data[user]!
    observeContext()
    ofUser.fill(0)
    slotRates(users, user, damping.user, ofUser)
    let at = userFades.length * signalCount
    const known = pairRates(keyOf(pairKinds.user, versions.data[user]!, context), damping.user, ofUser, at, 1)
    at += signalCount
    for (let s = 0; s < signalCount; s++) ofUser[at++] = said[s] === 0 ? 0 : logitsHere[s]! - logits[s]!
    ofUser[at++] = Math.log1p(users.counts.data[(user + 1) * users.fades - 1]!) / 3
    ofUser[at++] = Math.log1p(known) / 3
    last.read(user, time, context, means, ofUser, at)
    for (let k = 0; k < userSize; k++) ofUser[k] = within(ofUser[k]!)
  }
  const readItem = (user: number, item: number) => {
    moment.item = item
    ofItem.fill(0)
    slotRates(items, item, damping.item, ofItem)
    const counts = itemSize - 2
    let at = itemFades.length * signalCount
    const known = pairRates(keyOf(pairKinds.item, itemIds.data[item]!, context), damping.item, ofItem, at, 1)
    at += signalCount
    const version = versions.data[user]!
    for (let k = 0, length = tokens.read(item); k < length; k++) {
      const [token, group] = [tokens.found[k]!, tokens.groupOf[k]!]
      const share = 1 / tokens.sizes[group]!
      const to = at + 2 * group * signalCount
      pairRates(keyOf(pairKinds.token, token, context), damping.token, ofItem, to, share)
      pairRates(keyOf(pairKinds.userToken, version, token), damping.user, ofItem, to + signalCount, share)
    }
    ofItem[counts] = Math.log1p(items.counts.data[(item + 1) * items.fades - 1]!) / 5
    ofItem[counts + 1] = Math.log1p(known) / 5
    for (let k = 0; k < itemSize; k++) ofItem[k] = within(ofItem[k]!)
  }

  return {
    ...{ ofUser, ofItem },
    observe,
    read(user, item, time) {
      observe(user, time)
      if (item !== moment.item) readItem(user, item)
    },
    learn(user, item, signals, time) {
      for (let s = 0; s < signalCount; s++) {
        filled[s] = Number.isNaN(signals[s]) ? all[s]! / all[signalCount]! : signals[s]!
        if (!Number.isNaN(signals[s])) said[s]! += 1
      }
      const [around, version] = [contexts.data[user]!, versions.data[user]!]
      users.add(user, filled)
      items.add(item, filled)
      last.add(user, filled, around, time)
      tokens.learn(item)
      note(keyOf(pairKinds.context, around, 0))
      note(keyOf(pairKinds.user, version, around))
      note(keyOf(pairKinds.item, itemIds.data[item]!, around))
      for (let k = 0, length = tokens.read(item); k < length; k++) {
        note(keyOf(pairKinds.token, tokens.found[k]!, around))
        note(keyOf(pairKinds.userToken, version, tokens.found[k]!))
      }
      for (let s = 0; s < signalCount; s++) all[s] = fadeOfAll * all[s]! + filled[s]!
      all[signalCount] = fadeOfAll * all[signalCount]! + 1
      forgetMoment()
    },
    describeUser(slot, described) {
      contexts.data[slot] = hashText(described.filter(token => token.startsWith('@')).join())
      forgetMoment()
    },
    describeItem(slot, described) {
      tokens.set(slot, described)
      forgetMoment()
    },
    resetUser(slot) {
      given[0]! += 1
      beginUser(slot, given[0]!)
    },
    guestUser: slot => beginUser(slot, 0),
    resetItem(slot, hash) {
      itemIds.reserve(slot + 1)
      itemIds.data[slot] = hash
      items.reset(slot)
      tokens.reset(slot)
      forgetMoment()
    },
    save: (userSlots, itemSlots) => ({
      ...prefixed('users', users.save(userSlots)),
      ...prefixed('items', items.save(itemSlots)),
      ...prefixed('last', last.save(userSlots)),
      ...prefixed('tokens', tokens.save(itemSlots)),
      ...prefixed('pairs', pairs.save()),
      versions: versions.save(userSlots),
      contexts: contexts.save(userSlots),
      itemIds: itemIds.save(itemSlots),
      ...{ given: given.slice(), all: all.slice(), said: said.slice() },
    }),
    restore(arrays) {
      users.restore(withPrefix('users', arrays))
      items.restore(withPrefix('items', arrays))
      last.restore(withPrefix('last', arrays))
      tokens.restore(withPrefix('tokens', arrays))
      pairs.restore(withPrefix('pairs', arrays))
      versions.restore(arrays['versions'] as Int32Array)
      contexts.restore(arrays['contexts'] as Int32Array)
      itemIds.restore(arrays['itemIds'] as Int32Array)
      given.set(arrays['given'] as Int32Array)
      all.set(arrays['all'] as Float64Array)
      said.set(arrays['said'] as Float64Array)
      forgetMoment()
    },
  }
}
