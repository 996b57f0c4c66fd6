import { describe, expect, test } from 'vitest'
import { bias } from '../../../src/predictors/baselines/bias.ts'
import { createEnsemble, type Ensemble, type EnsembleOptions } from '../../../src/predictors/ensemble/ensemble.ts'
import { hashText } from '../../../src/state/hash.ts'
import { seededRandom } from '../../../src/state/random.ts'

const [users, items] = [20, 24]
const minute = 60_000

function create(kind: 'lite' | 'full', given: Partial<EnsembleOptions> = {}): Ensemble {
  return createEnsemble({ kind, factors: 3, seed: 1, history: 12, past: 64, neighbourPairs: 128, ...given })
}

function admitted(ensemble: Ensemble): Ensemble {
  for (let user = 0; user < users; user++) {
    ensemble.resetUser(user, hashText(`u${user}`))
    ensemble.describeUser(user, [`side=${user % 2}`])
  }
  for (let item = 0; item < items; item++) {
    ensemble.resetItem(item, hashText(`i${item}`))
    ensemble.describeItem(item, [`side=${item % 2}`, 'kind=all'])
  }
  return ensemble
}

function teach(ensemble: Ensemble, count: number, seed: number, start = 0): number[] {
  const random = seededRandom(seed, 'test')
  return Array.from({ length: count }, (_, n) => {
    const [user, item] = [random.integer(users), random.integer(items)]
    const time = minute * (start + n)
    const predicted = ensemble.predict(user, item, time)
    ensemble.learn(user, item, (user + item) % 2 === 0 ? 0.9 : 0.2, time)
    return predicted
  })
}

describe.each(['lite', 'full'] as const)('%s', kind => {
  test('whoever only asks is expected to like what those alike do, and nothing of them stays', () => {
    const ensemble = admitted(create(kind))
    teach(ensemble, 2_000, 3)
    const before = ensemble.save(users, items)
    ensemble.guestUser!(users, 7)
    ensemble.foreseeUser(users, ['side=1', 'city=of nobody else'])
    expect(ensemble.predict(users, 1, 0)).toBeGreaterThan(ensemble.predict(users, 0, 0) + 0.1)
    ensemble.guestUser!(users, 7)
    expect(ensemble.save(users, items)).toEqual(before)
  })

  test('begins in the middle of the scale and comes to know who likes what', () => {
    const ensemble = admitted(create(kind))
    expect(ensemble.predict(0, 0, 0)).toBeCloseTo(0.5, 1)
    teach(ensemble, 2500, 1)
    let error = 0
    for (let user = 0; user < users; user++) {
      for (let item = 0; item < items; item++) {
        const predicted = ensemble.predict(user, item, 2600 * minute)
        expect(predicted).toBeGreaterThanOrEqual(0)
        expect(predicted).toBeLessThanOrEqual(1)
        error += Math.abs(predicted - ((user + item) % 2 === 0 ? 0.9 : 0.2)) / (users * items)
      }
    }
    expect(error).toBeLessThan(0.08)
  })

  test('saved, restored and taken on, it has the same bits as if it had never stopped', () => {
    const go = (ensemble: Ensemble) => {
      const first = teach(ensemble, 150, 2, 700)
      ensemble.resetUser(3, hashText('somebody new'))
      ensemble.resetItem(5, hashText('something new'))
      return [...first, ...teach(ensemble, 250, 3, 900)]
    }
    const one = admitted(create(kind, { experts: [bias()] }))
    teach(one, 700, 1)
    const other = create(kind, { experts: [bias()] })
    other.restore(one.save(users, items))
    expect(go(other)).toEqual(go(one))
    expect(other.save(users, items)).toEqual(one.save(users, items))
  })

  test('learns the same whether or not it was asked before, and about others in between', () => {
    const [asked, silent] = [admitted(create(kind)), admitted(create(kind))]
    for (let n = 0; n < 300; n++) {
      const [user, item, time] = [(7 * n) % users, (5 * n) % items, n * minute]
      asked.predict(user, item, time)
      if (n % 3 === 0) asked.predict((user + 1) % users, item, time)
      for (const ensemble of [asked, silent]) ensemble.learn(user, item, (n % 5) / 4, time)
    }
    expect(asked.save(users, items)).toEqual(silent.save(users, items))
  })

  test('what it saves stops growing once its tables are full', () => {
    const ensemble = admitted(create(kind))
    const size = () => Object.values(ensemble.save(users, items)).reduce((sum, array) => sum + array.byteLength, 0)
    teach(ensemble, 1500, 1)
    const full = size()
    teach(ensemble, 1500, 2, 1500)
    expect(size()).toBe(full)
  })
})

test('a mood shows within the sitting, less so after it', () => {
  const ensemble = admitted(create('lite'))
  teach(ensemble, 1000, 1)
  const into = new Float64Array(16)
  for (let n = 0; n < 4; n++) ensemble.learn(2, n, 0, (1000 + n) * minute)
  ensemble.readRecentResiduals(2, 1004 * minute, into, 0)
  ensemble.readRecentResiduals(2, 1100 * minute, into, 8)
  for (let k = 0; k < 4; k++) {
    expect(into[k]).toBeLessThan(0)
    expect(into[8 + k]).toBeCloseTo(0.3 * into[k]!, 6)
  }
})
