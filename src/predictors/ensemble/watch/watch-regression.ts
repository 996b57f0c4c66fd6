import { hashText } from '../../../state/hash.ts'
import { logitOf } from '../../../state/logit.ts'
import { prefixed, withPrefix } from '../../../state/saved-arrays.ts'
import { intColumn } from '../../../state/slot-column.ts'
import { everyRow, userColumns } from '../../../state/user-rows.ts'
import { learningRewards } from '../../baselines/policy.ts'
import { bayesianLogistic } from './bayesian-logistic.ts'
import { keyOf, keyTable } from './key-table.ts'
import { recentRates } from './recent-rates.ts'
import { createSessions } from './sessions.ts'
import { slotTokens } from './slot-tokens.ts'
import { tokenRuns } from './token-runs.ts'
import type { WatchListener, WatchRegression } from './watch-exchange.ts'
import {
  allFade,
  bands,
  countBand,
  featuresKept,
  fewAgains,
  fewEvents,
  fewLikenesses,
  fews,
  firstRateWeight,
  itemDamping,
  kinds,
  mostShared,
  pairDamping,
  rates,
  userDamping,
} from './watch-features.ts'
import { type WatchOptions, watchDefaults } from './watch-options.ts'

/**
 * Online logistic regression for rewards that are mostly 0 or 1, such as a click or a video watched to its end: who, what,
 * where and what came of it lately, each as a feature with a weight of its own.
 *
 *     const policy = watchRegression()
 *     policy.resetUser(0, hashText('ann'))
 *     policy.resetItem(0, hashText('v1'))
 *     policy.describeUser(0, ['age=25-34', '@tab=1'])
 *     policy.predict(0, 0, time)   // about 0.5
 *
 * Weights and rates of pairs go by the hash of an id, not by its slot: an id that comes back after its slot was reset finds
 * them again, unless they gave way to others. Nothing is random in it. A prediction reads what was learned before and the two slots' tokens, nothing of the event.
 */
export function watchRegression(
  given: Partial<WatchOptions> = {},
  rows = everyRow,
  listener?: WatchListener,
): WatchRegression {
  const options = { ...watchDefaults, ...given }
  const { priors } = options
  const rowLength = 64 + 5 * options.tokens
  const features = featuresKept + rowLength
  const model = bayesianLogistic({ capacity: options.weights, rowLength, features, onWeight: listener?.weight })
  // First: sum of rewards. Second: events.
  const pairs = keyTable({ capacity: options.rates })
  const userIds = intColumn()
  const itemIds = intColumn()
  const contexts = intColumn()
  const ofHashes = userColumns({ userIds, contexts }, rows)
  const userTokens = slotTokens(options.tokens, rows)
  const contextTokens = slotTokens(options.tokens, rows)
  const itemTokens = slotTokens(options.tokens)
  const ofUsers = recentRates([0.5, 0.8, 0.95, 1], rows)
  const ofItems = recentRates([0.9, 0.99, 0.999, 1])
  const sessions = createSessions(rows)
  const all = Float64Array.of(10, 5) // events and rewards of late: ten that came out even to begin with
  // The user and time that the model has features of; those that all items share stand before `end`, in the order of a row.
  const moment = {
    ...{ user: -1, time: 0, userId: 0, context: 0 },
    ...{ head: 0, body: 0, sequence: 0, end: 0, last: -1, mean: 0, logit: 0 },
  }
  const known = tokenRuns()
  // Where the features that few values tell apart stand, since the moment began; −1: not yet.
  const standing = new Int32Array(fews)
  // The pair that the row is about; −1 when it must be made anew.
  let rowUser = -1
  let rowItem = -1
  let rowTime = 0
  let chance = 0.5

  const feature = (kind: number, a: number, b: number, variance: number) => {
    if (variance > 0) model.add(keyOf(kind, a, b), 1, 0, variance)
  }
  /** A feature of which there are few, so that most items share it with another one; `few` is its number among those. */
  const shared = (few: number, kind: number, a: number, b: number, variance: number) => {
    if (standing[few]! >= 0) model.repeat(standing[few]!, standing[few]! + 1)
    else {
      standing[few] = variance > 0 ? model.length : -1
      feature(kind, a, b, variance)
    }
  }
  /** How far a rate lies from that of all, drawn to it by `damping` events; its weight goes by how many there were. */
  const rate = (source: number, sum: number, count: number, damping: number) => {
    if (count === 0 || priors.rate === 0) return
    const share = (sum + damping * moment.mean) / (count + damping)
    const band = countBand(count)
    const far = logitOf(share) - moment.logit
    const few = source * bands + band
    if (standing[few]! >= 0) model.addAlike(standing[few]!, far)
    else {
      standing[few] = model.length
      model.add(keyOf(kinds.rate, source, band), far, firstRateWeight, priors.rate)
    }
  }
  const pairRate = (source: number, key: number) => {
    const at = pairs.find(key)
    if (at >= 0) rate(source, pairs.values[2 * at]!, pairs.values[2 * at + 1]!, pairDamping)
  }

  /** The features that all items share for a user at a time. */
  const beginMoment = (user: number, time: number) => {
    const row = rows.of(user)
    const userId = userIds.data[row]!
    const context = contexts.data[row]!
    model.begin()
    known.clear()
    standing.fill(-1)
    moment.mean = all[1]! / all[0]!
    moment.logit = logitOf(moment.mean)
    feature(kinds.constant, 0, 0, priors.constant)
    feature(kinds.user, userId, 0, priors.user)
    moment.head = model.length
    for (let at = userTokens.from(user), to = userTokens.to(user); at < to; at++) {
      feature(kinds.userToken, userTokens.data[at]!, 0, priors.userToken)
    }
    for (let at = contextTokens.from(user), to = contextTokens.to(user); at < to; at++) {
      feature(kinds.context, contextTokens.data[at]!, 0, priors.context)
    }
    pairRate(rates.userInContext, keyOf(kinds.user, userId, context))
    moment.body = model.length
    feature(kinds.gap, sessions.gap(user, time), sessions.pattern(user, 2), priors.sequence)
    feature(kinds.place, sessions.place(user, time), 0, priors.sequence)
    feature(kinds.pattern, sessions.pattern(user, 5), 0, priors.sequence)
    feature(kinds.userEvents, countBand(ofUsers.events(user)), 0, priors.sequence)
    moment.sequence = model.length
    for (let k = 0; k < ofUsers.fades.length; k++) {
      rate(rates.user + k, ofUsers.sum(user, k), ofUsers.count(user, k), userDamping)
    }
    moment.end = model.length
    moment.last = sessions.lastItem(user)
    Object.assign(moment, { user, time, userId, context })
  }
  const fill = (user: number, item: number, time: number) => {
    if (moment.user !== user || moment.time !== time || model.length > featuresKept) beginMoment(user, time)
    const itemId = itemIds.data[item]!
    const { head, body, sequence, end, last, context } = moment
    model.next()
    model.repeat(0, head)
    feature(kinds.item, itemId, 0, priors.item)
    model.repeat(head, body)
    pairRate(rates.itemInContext, keyOf(kinds.item, itemId, context))
    const { data, names } = itemTokens
    let common = 0
    for (let at = itemTokens.from(item), to = itemTokens.to(item); at < to; at++) {
      common += tokenFeatures(data[at]!, names[at]!)
    }
    model.repeat(body, sequence)
    const events = countBand(ofItems.events(item))
    shared(fewEvents + events, kinds.itemEvents, events, 0, priors.sequence)
    if (last >= 0) {
      const liked = sessions.pattern(user, 1) & 1
      const again = last === item ? 1 : 0
      const alike = Math.min(mostShared, common)
      shared(fewAgains + 2 * again + liked, kinds.again, again, liked, priors.sequence)
      shared(fewLikenesses + 2 * alike + liked, kinds.likeness, alike, liked, priors.sequence)
    }
    model.repeat(sequence, end)
    for (let k = 0; k < ofItems.fades.length; k++) {
      rate(rates.item + k, ofItems.sum(item, k), ofItems.count(item, k), itemDamping)
    }
    chance = model.predict()
    rowUser = user
    rowItem = item
    rowTime = time
  }
  /** What an item's token adds to the row; returns how often the user's last item has it too. */
  const tokenFeatures = (token: number, name: number): number => {
    const run = known.find(token)
    if (run >= 0) {
      model.repeat(known.from[run]!, known.to[run]!)
      return known.shared[run]!
    }
    const from = model.length
    feature(kinds.itemToken, token, 0, priors.itemToken)
    feature(kinds.userAndItemToken, moment.userId, token, priors.userAndItemToken)
    pairRate(rates.tokenInContext + name, keyOf(kinds.itemToken, token, moment.context))
    const common = moment.last < 0 ? 0 : itemTokens.occurrences(moment.last, token)
    known.note(token, from, model.length, common)
    return common
  }
  const notePair = (key: number, reward: number, isOfUser = false) => {
    if (!isOfUser) listener?.rate(key)
    const at = pairs.admit(key)
    pairs.values[2 * at]! += reward
    pairs.values[2 * at + 1]! += 1
  }

  const work = (user: number, item: number, time: number): number => {
    if (rowUser !== user || rowItem !== item || rowTime !== time) fill(user, item, time)
    return chance
  }
  const forgetRow = () => {
    rowUser = -1
    moment.user = -1
  }
  const beginItem = (slot: number, hash: number) => {
    itemIds.reserve(slot + 1)
    itemIds.data[slot] = hash
    itemTokens.reset(slot)
    ofItems.reset(slot)
    forgetRow()
  }

  return learningRewards<WatchRegression>({
    name: 'logistic',
    model,
    exchange: { weights: model.table, rates: pairs, ofItems, all },
    describeUser(slot, tokens) {
      const surrounds = tokens.filter(token => token.startsWith('@'))
      userTokens.set(
        slot,
        tokens.filter(token => !token.startsWith('@')),
      )
      contextTokens.set(slot, surrounds)
      const row = rows.of(slot)
      contexts.data[row] = hashText(surrounds.join())
      forgetRow()
    },
    describeItem(slot, tokens) {
      itemTokens.set(slot, tokens)
      forgetRow()
    },
    predict: work,
    learn(user, item, reward, time) {
      work(user, item, time)
      model.learn(reward)
      const row = rows.of(user)
      const context = contexts.data[row]!
      notePair(keyOf(kinds.user, userIds.data[row]!, context), reward, true)
      notePair(keyOf(kinds.item, itemIds.data[item]!, context), reward)
      for (let at = itemTokens.from(item), to = itemTokens.to(item); at < to; at++) {
        notePair(keyOf(kinds.itemToken, itemTokens.data[at]!, context), reward)
      }
      ofUsers.add(user, reward)
      ofItems.add(item, reward)
      sessions.add(user, item, reward, time)
      all[0] = allFade * all[0]! + 1
      all[1] = allFade * all[1]! + reward
      forgetRow()
    },
    resetUser(slot, hash) {
      ofHashes.reset(slot)
      const row = rows.of(slot)
      userIds.data[row] = hash
      userTokens.reset(slot)
      contextTokens.reset(slot)
      ofUsers.reset(slot)
      sessions.resetUser(slot)
      forgetRow()
    },
    resetItem(slot, hash) {
      beginItem(slot, hash)
      sessions.resetItem(slot)
    },
    knowItem(slot, hash) {
      beginItem(slot, hash)
      sessions.knowItem(slot)
    },
    save: (users, items) => ({
      ...prefixed('model', model.save()),
      ...prefixed('pairs', pairs.save()),
      ...ofHashes.save(users),
      itemIds: itemIds.save(items),
      ...prefixed('userTokens', userTokens.save(users)),
      ...prefixed('contextTokens', contextTokens.save(users)),
      ...prefixed('itemTokens', itemTokens.save(items)),
      ...prefixed('ofUsers', ofUsers.save(users)),
      ...prefixed('ofItems', ofItems.save(items)),
      ...prefixed('sessions', sessions.save(users, items)),
      all: all.slice(),
    }),
    restore(arrays) {
      model.restore(withPrefix('model', arrays))
      pairs.restore(withPrefix('pairs', arrays))
      ofHashes.restore(arrays)
      itemIds.restore(arrays['itemIds'] as Int32Array)
      userTokens.restore(withPrefix('userTokens', arrays))
      contextTokens.restore(withPrefix('contextTokens', arrays))
      itemTokens.restore(withPrefix('itemTokens', arrays))
      ofUsers.restore(withPrefix('ofUsers', arrays))
      ofItems.restore(withPrefix('ofItems', arrays))
      sessions.restore(withPrefix('sessions', arrays))
      all.set(arrays['all'] as Float64Array)
      forgetRow()
    },
  })
}
