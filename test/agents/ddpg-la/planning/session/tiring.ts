import type { Catalogue } from '../../../../../src/agents/catalogue.ts'
import type { PlanningAgent } from '../../../../../src/agents/planning-agent.ts'
import { seededRandom } from '../../../../../src/state/random.ts'
import { plainCatalogue } from '../../../plain-catalogue.ts'

const [themes, items, users] = [4, 24, 8]
const [minute, day] = [60_000, 86_400_000]

/** Items of four themes, the first of which everybody is said to like best. */
export const tiringCatalogue: Catalogue = {
  ...plainCatalogue(items),
  estimate: (_, item) => -(item % themes) - item / 100,
  itemFacts: () => ({
    version: 1,
    shareSize: themes,
    shares: Float32Array.from({ length: items * themes }, (_, at) =>
      Math.floor(at / themes) % themes === at % themes ? 1 : 0,
    ),
    bias: new Float32Array(items),
    met: new Float32Array(items),
    since: new Float64Array(items).fill(Number.NaN),
  }),
}

/** Let new people watch twelve items a session, of each of which they tire, and come back after a day; reward an item. */
export function tire(agent: PlanningAgent, sessions: number, learning: boolean, tiring = 0.3): number {
  const random = seededRandom(1, 'tiring')
  const tired = new Float64Array(users * themes)
  let [total, events] = [0, 0]
  for (let user = 0; user < users; user++) agent.resetUser(user)
  for (let session = 0; session < sessions; session++) {
    const user = session % users
    let time = day * (1 + Math.floor(session / users))
    tired.fill(0, user * themes, (user + 1) * themes)
    for (let shown = 0; shown < 12; shown++, time += 2 * minute) {
      const how = { time, length: 1, allowed: () => true, explore: learning }
      const { item, propensity } = agent.choose(user, how)[0]!
      const theme = user * themes + (item % themes)
      const reward = Math.min(
        1,
        Math.max(0, 0.9 - tiring * tired[theme]! - 0.05 * (item % themes) + 0.05 * random.normal()),
      )
      for (let each = user * themes; each < (user + 1) * themes; each++) tired[each]! *= 0.7
      tired[theme]! += reward
      agent.observe(user, { item, reward, like: 0, time: time + minute, decided: time, propensity }, learning)
      if (learning && ++events % agent.trainEvery === 0) agent.train()
      total += reward
    }
  }
  return total / (12 * sessions)
}
