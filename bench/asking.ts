import { Agent, request } from 'node:http'

/** Requests for nothing each second, beside those for lists; all of them at their time, however the last ones went. */
const floorPerSecond = 100

export interface Asking {
  seconds: number
  listsPerSecond: number
}

export interface Answers {
  /** How long each list took from the time at which it was due, sorted. */
  ms: number[]
  failed: number
  /** How many were answered a second, until the last one was. */
  perSecond: number
}

/** Ask for so many lists a second, and beside them for nothing, for so many seconds. */
export async function askForLists(
  { seconds, listsPerSecond }: Asking,
  list: (k: number) => string,
  nothing: string,
  say: (line: string) => void,
): Promise<{ lists: Answers; floor: Answers }> {
  const [lists, floor] = await Promise.all([
    ask(seconds, listsPerSecond, list, say),
    ask(seconds, floorPerSecond, () => nothing),
  ])
  return { lists, floor }
}

/** The time in which such a share was answered, ms. */
export const at = (sorted: readonly number[], share: number) =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN

/** Ask at a rate, each at its time. */
async function ask(
  seconds: number,
  perSecond: number,
  url: (k: number) => string,
  say: (line: string) => void = () => {},
): Promise<Answers> {
  const agent = new Agent({ keepAlive: true, maxSockets: 128 })
  const ms: number[] = []
  let failed = 0
  const began = performance.now()
  const asked: Promise<void>[] = []
  let told = 0
  for (let k = 0; k < seconds * perSecond; k++) {
    if (k % (10 * perSecond) === 0 && ms.length > told) {
      const lately = ms.slice(told).sort((a, b) => a - b)
      told = ms.length
      say(`${k / perSecond} s: p50 ${at(lately, 0.5).toFixed(0)} ms, p99 ${at(lately, 0.99).toFixed(0)} ms`)
    }
    const due = began + (1_000 * k) / perSecond
    const wait = due - performance.now()
    if (wait > 1) await new Promise(resolve => setTimeout(resolve, wait))
    asked.push(
      new Promise(resolve => {
        const asking = request(url(k), { agent }, answer => {
          answer.resume().on('end', () => {
            if (answer.statusCode === 200) ms.push(performance.now() - due)
            else failed += 1
            resolve()
          })
        })
        asking.on('error', () => {
          failed += 1
          resolve()
        })
        asking.end()
      }),
    )
  }
  await Promise.all(asked)
  agent.destroy()
  return { ms: ms.sort((a, b) => a - b), failed, perSecond: (1_000 * ms.length) / (performance.now() - began) }
}
