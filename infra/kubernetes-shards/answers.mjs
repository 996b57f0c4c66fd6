// node answers.mjs <data folder> alive|ready: whether the parts of ingest that run here answer on their local sockets.
// Ready: one of them answers. Alive: none of them takes a question and gives no answer; where there is none yet, its process waits for
// the brokers or is being started again, which no restart of the pod makes faster.
import { existsSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'

const [folder, wanted] = process.argv.slice(2)
const waitMs = 4_000

// A socket that a part left behind when it was killed, or moved to another shard, refuses.
const sockets = foldersIn(folder)
  .flatMap(pipeline => foldersIn(join(pipeline, 'parts')))
  .map(part => join(part, 'control.sock'))
const answers = await Promise.all(sockets.filter(socket => existsSync(socket)).map(answerOf))
const isWell = wanted === 'ready' ? answers.includes('answers') : !answers.includes('silent')
process.exit(isWell ? 0 : 1)

function foldersIn(parent) {
  if (!existsSync(parent)) return []
  const entries = readdirSync(parent, { withFileTypes: true })
  return entries.filter(entry => entry.isDirectory()).map(({ name }) => join(parent, name))
}

/** What it has decided: this asks neither its tables nor a broker. */
function answerOf(socketPath) {
  return new Promise(resolve => {
    const asked = request({ socketPath, path: '/decided' }, answer => {
      answer.resume()
      resolve('answers')
    })
    asked.setTimeout(waitMs, () => {
      resolve('silent')
      asked.destroy()
    })
    asked.on('error', () => resolve('refuses'))
    asked.end()
  })
}
