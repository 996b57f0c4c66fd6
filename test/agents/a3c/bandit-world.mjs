// The bandit of the tiny problems as the world of an actor; plain JavaScript, since a thread loads it as it is.
const arms = [0.2, 0.1, 0.3, 0.9, 0.4]
const users = 8
const minute = 60_000

const vectors = Float32Array.from({ length: arms.length ** 2 }, (_, k) => (k % (arms.length + 1) === 0 ? 1 : 0))
const catalogue = {
  ...{ itemSize: arms.length, profileSize: 1, itemCount: arms.length, version: 1 },
  itemVectors: () => vectors,
  readProfile: (_, into) => into.fill(1),
  readTaste: (_, into) => into.fill(0),
}

export function openActorWorld({ fails }) {
  let time = 1_000_000_000
  return {
    catalogue,
    round(agent) {
      if (fails) throw new Error('the world came to its end')
      for (let user = 0; user < users; user++) {
        const how = { time, length: 1, allowed: () => true, explore: true }
        const [{ item, propensity }] = agent.choose(user, how)
        const shown = { item, propensity, reward: arms[item], like: 0, time: time + minute, decided: time }
        agent.observe(user, shown, true)
      }
      time += minute
      return users
    },
  }
}
