// npm run bench [-- ingest|latency|learner|long-short|networks|off-policy|off-policy-live|produce|rules|top-items|many-users|million|own-writes|restart|scale|serve|shards|sizing|sql|standby …] [--write]: measures on this machine; --write puts it onto its page in docs/results.
import { cpus } from 'node:os'
import { benchIngest } from './ingest.ts'
import { benchLatency } from './latency.ts'
import { benchLearner } from './learner.ts'
import { benchLongShort } from './long-short.ts'
import { benchManyUsers } from './many-users.ts'
import { benchMillion } from './million.ts'
import { benchNetworks } from './networks.ts'
import { benchOffPolicy } from './off-policy.ts'
import { benchOffPolicyLive } from './off-policy-live.ts'
import { benchOwnWrites } from './own-writes.ts'
import { benchProduce } from './produce.ts'
import { benchRestart } from './restart.ts'
import { type Row, table, writeTable } from './results.ts'
import { benchRules } from './rules.ts'
import { benchScale } from './scale.ts'
import { benchServe } from './serve.ts'
import { benchShards } from './shards.ts'
import { benchSizing, writeSizing } from './sizing.ts'
import { benchSql } from './sql.ts'
import { benchStandby } from './standby.ts'
import { benchTopItems } from './top-items.ts'

const say = (line: string) => process.stderr.write(`${line}\n`)
const benches: Record<string, () => Promise<Row[] | string>> = {
  ingest: () => benchIngest(400_000, say),
  latency: () => benchLatency(40, say),
  learner: () => benchLearner(40_000, say),
  'long-short': async () => benchLongShort(),
  networks: () => benchNetworks(60, say),
  'off-policy': () => benchOffPolicy(say),
  'off-policy-live': () => benchOffPolicyLive(10, say),
  'own-writes': () => benchOwnWrites(Number(process.env['WRITES'] ?? 10_000), say),
  produce: () => benchProduce(brokers, say),
  restart: () => benchRestart(1_000_000, say),
  rules: () => benchRules({ items: 100_000, users: 2_000 }, say),
  serve: () => benchServe(served, say),
  shards: () => benchShards(Number(process.env['EVENTS'] ?? 400_000), say),
  sizing: () => benchSizing(sized, say),
  sql: () => benchSql(21, say, other),
  standby: () => benchStandby(stoodBy, say),
  'top-items': () => benchTopItems(100_000, 64, say),
  'many-users': () => benchManyUsers(Number(process.env['USERS'] ?? 1_000_000), say),
  million: () => benchMillion(1_000_000, say),
  scale: () => benchScale(scaled, say),
}
const served = {
  seconds: Number(process.env['SECONDS'] ?? 300),
  eventsPerSecond: Number(process.env['EVENTS'] ?? 1_000),
  listsPerSecond: Number(process.env['LISTS'] ?? 500),
}
const scaled = {
  users: Number(process.env['USERS'] ?? 1_000_000),
  items: Number(process.env['ITEMS'] ?? 100_000),
  room: Number(process.env['ROOM'] ?? 20_000),
}
const sized = {
  events: Number(process.env['EVENTS'] ?? 400_000),
  rounds: Number(process.env['ROUNDS'] ?? 3),
}
const stoodBy = {
  kills: Number(process.env['KILLS'] ?? 20),
  eventsPerSecond: Number(process.env['EVENTS'] ?? 500),
  asksPerSecond: Number(process.env['LISTS'] ?? 200),
}
const words = process.argv.slice(2)
const brokersAt = words.indexOf('--brokers')
const brokers = brokersAt < 0 ? null : words.splice(brokersAt, 2)[1]!.split(',')
// `sql` is measured beside another build, in its folder.
const besideAt = words.indexOf('--beside')
const other = besideAt < 0 ? null : words.splice(besideAt, 2)[1]!
const names = words.filter(word => !word.startsWith('--'))
const unknown = names.filter(name => !(name in benches))
if (unknown.length > 0) {
  say(`There is no benchmark "${unknown[0]}"; there are ${Object.keys(benches).join(', ')}.`)
  process.exit(1)
}
say(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
// The long one runs only when it is asked for.
for (const name of names.length > 0 ? names : ['ingest', 'latency', 'learner', 'long-short', 'networks', 'top-items']) {
  const rows = await benches[name]!()
  // `sizing` has tables of its own, on a page of its own.
  const isText = typeof rows === 'string'
  console.log(`\n${isText ? rows : table(rows)}`)
  if (words.includes('--write')) isText ? writeSizing(rows) : writeTable(name, rows)
}
process.exit(0)
