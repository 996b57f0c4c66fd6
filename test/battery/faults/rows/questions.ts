import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { topicsOf } from '../../../../src/records/topics.ts'
import { layoutOf } from '../../../../src/run/layout.ts'
import { killAll, processesUnder, recstream, until } from '../../../promises/command.ts'
import { filesUnder } from '../../../promises/damage.ts'
import { outcomeOf, type Run } from '../../../promises/twins.ts'
import type { Row, Trial, Tried } from '../row.ts'
import { begin, beginForGood, judged, runOf, type Where } from './world.ts'

const where: Where = { kafka: false, partitions: 1 }
const seconds = 4
const tables = ['events', 'users', 'items', 'recommendations', 'scores', 'models', 'dead_letters', 'sequences']

/** What a query may not do. */
const refused = [
  ...tables.flatMap(table => [
    `DELETE FROM ${table}`,
    `DROP TABLE ${table}`,
    `DROP VIEW ${table}`,
    `TRUNCATE ${table}`,
    `INSERT INTO ${table} SELECT * FROM ${table}`,
    `UPDATE ${table} SET a = 1`,
    `ALTER TABLE ${table} RENAME TO mine`,
    `COPY ${table} TO 'out.csv'`,
    `COPY ${table} FROM 'package.json'`,
    `CREATE TABLE mine AS SELECT * FROM ${table}`,
    `CREATE OR REPLACE VIEW mine AS SELECT * FROM ${table}`,
    `CREATE INDEX mine ON ${table} (a)`,
    `EXPLAIN ANALYZE DELETE FROM ${table}`,
    `WITH x AS (SELECT 1) DELETE FROM ${table}`,
    `SELECT 1; DROP TABLE ${table}`,
  ]),
  ...['LOAD httpfs', 'INSTALL httpfs', "ATTACH 'other.duckdb'", 'DETACH memory', 'USE memory', 'SET threads = 64'],
  ...['SET memory_limit = 1', 'RESET threads', 'PRAGMA threads = 64', 'CALL pragma_version()'],
  ...['BEGIN', 'COMMIT', 'ROLLBACK', 'CHECKPOINT', 'VACUUM', 'ANALYZE', 'EXPORT DATABASE out', "IMPORT DATABASE 'out'"],
  ...['PREPARE a AS SELECT 1', 'EXECUTE a', 'DEALLOCATE a', 'CREATE SECRET a (TYPE S3)'],
  ...['package.json', '/etc/hostname', '/proc/self/environ', '*', '../*', '.'].flatMap(file => [
    `SELECT * FROM read_csv('${file}')`,
    `SELECT * FROM read_text('${file}')`,
    `SELECT * FROM read_blob('${file}')`,
    `SELECT * FROM '${file}.csv'`,
    `SELECT * FROM glob('${file}')`,
  ]),
  "SELECT * FROM 'https://example.com/x.csv'",
]

/** What takes too long, too much memory or too many rows. */
const beyond = [
  'SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b',
  'SELECT count(DISTINCT a.range * 7 + b.range) FROM range(100000) a, range(100000) b',
  'SELECT list(range) FROM range(1000000000)',
  'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t',
]

/** What is answered. */
const answered = [
  'SELECT 1; SELECT 2',
  // DuckDB makes a SELECT of it.
  'PRAGMA database_list',
  ...tables.map(table => `SELECT count(*) FROM ${table}`),
  ...tables.map(table => `SELECT * FROM ${table} LIMIT 20`),
  ...tables.map(table => `DESCRIBE ${table}`),
  `SELECT ${Array.from({ length: 1_000 }, (_, k) => `${k} AS c${k}`)}`,
  "SELECT repeat('x', 100000) AS wide FROM range(100)",
]

const isRefusal = (code: string | null) => code?.startsWith('SQL_') === true

/** Questions with what is to come of them: the code of the error, null for an answer. */
const questions: readonly { sql: string; isRight: (code: string | null) => boolean; limited?: true }[] = [
  ...refused.map(sql => ({ sql, isRight: isRefusal })),
  ...beyond.map(sql => ({ sql, isRight: (code: string | null) => code === 'SQL_LIMIT', limited: true as const })),
  ...answered.map(sql => ({ sql, isRight: (code: string | null) => code === null })),
]
/** So many trials share the questions, each those of every kind. */
const parts = 2

/** Ask one question; without a limit of its own it has the time that people have. */
async function ask(run: Run, sql: string, limited = false): Promise<{ ms: number; code: string | null }> {
  const limits = [...(limited ? ['--seconds', `${seconds}`, '--memory-mb', '256'] : []), '--json']
  const began = performance.now()
  const { stderr } = await recstream(['sql', sql, '--data', run.data, '--pipeline', run.name, ...limits], {
    dist: run.dist!,
  }).ended
  return { ms: performance.now() - began, code: /error\[(\w+)\]/.exec(stderr)?.[1] ?? null }
}

/** Some of the questions to a pipeline at work, which equals its twin afterwards. */
function someOf(part: number): Trial {
  const own = questions.filter((_, k) => k % parts === part)
  return {
    name: `${part + 1} of ${parts}`,
    count: own.length,
    async run(scene): Promise<Tried> {
      const run = await runOf(scene, where, 30_000)
      const command = beginForGood(run)
      try {
        await until('it is ready', () => /Ready: /.test(command.said()), 120_000)
        const differences: string[] = []
        // What the plainest question takes here and now, ms: a machine that is slow at that is slow at all.
        let plain = 0
        for (const [k, { sql, isRight, limited }] of own.entries()) {
          if (k % 8 === 0) plain = Math.max(plain / 2, (await ask(run, 'SELECT 1')).ms)
          const { ms, code } = await ask(run, sql, limited)
          const endsMs = 2_000 + 3 * plain + (limited ? seconds * 1_000 : 0)
          if (ms <= endsMs && isRight(code)) continue
          differences.push(
            `${sql.slice(0, 100)}: ${code ?? 'answered'} after ${Math.round(ms)} ms, ${Math.round(endsMs)} allowed`,
          )
        }
        const failed = differences.length
        command.child.kill('SIGTERM')
        await command.ended
        const others = await judged(scene, where, run, await outcomeOf(run, await begin(run).ended))
        const held = others.length === 0 ? own.length - failed : 0
        return { tried: own.length, held, differences: [...differences, ...others] }
      } finally {
        killAll(command)
      }
    },
  }
}

const waiting = 1_500_000
const rounds = 6
const roundMs = 3_000
const slowerAtMost = 0.1
/** What people ask, over all the rows that there are. */
const asked = [
  'SELECT item_id, count(*), avg(value) FROM events GROUP BY ALL ORDER BY 2 DESC LIMIT 20',
  "SELECT date_trunc('hour', time) AS hour, count(DISTINCT user_id) FROM events GROUP BY ALL ORDER BY 1",
  'SELECT u.attributes, count(*) FROM events e JOIN users u USING (user_id) GROUP BY ALL ORDER BY 2 DESC LIMIT 20',
]

/** How fast ingest goes while somebody asks one question after another, beside itself while nobody does, in turns. */
const speed: Trial = {
  name: 'ingest while people ask',
  count: 1,
  async run(scene): Promise<Tried> {
    const { source, ...run } = await runOf(scene, where, waiting)
    const imported = recstream(['import', run.pipeline, '--source', source, '--data', run.data], { dist: scene.dist })
    const { code, stderr } = await imported.ended
    if (code !== 0) throw new Error(stderr.slice(-500))
    const command = beginForGood(run)
    try {
      const pid = () => processesUnder(command.child.pid!).find(({ role }) => role === 'ingest')!.pid
      const { log } = layoutOf(run.data, run.name)
      const done = () => bytesUnder(join(log, topicsOf(run.name).interestSequences))
      await until('ingest is at work', () => done() > 2 ** 20, 300_000)
      const paceDuring = async (work: () => Promise<unknown>): Promise<Pace> => {
        const before = { at: performance.now(), cpu: cpuSeconds(pid()), bytes: done() }
        await work()
        const bytes = done() - before.bytes
        return {
          perSecond: bytes / (performance.now() - before.at),
          perCpuSecond: bytes / (cpuSeconds(pid()) - before.cpu),
        }
      }
      const asking = async () => {
        const until = performance.now() + roundMs
        for (let k = 0; performance.now() < until; k++) {
          const { code } = await ask(run, asked[k % asked.length]!)
          if (code !== null) throw new Error(`${asked[k % asked.length]}: ${code}`)
        }
      }
      const quiet: Pace[] = [await paceDuring(() => delay(roundMs))]
      const busy: Pace[] = []
      for (let round = 0; round < rounds; round++) {
        busy.push(await paceDuring(asking))
        quiet.push(await paceDuring(() => delay(roundMs)))
      }
      const lost = (of: keyof Pace) =>
        1 - median(busy.map((pace, k) => (2 * pace[of]) / (quiet[k]![of] + quiet[k + 1]![of])))
      const [wall, cpu] = [lost('perSecond'), lost('perCpuSecond')]
      const measured = `ingest is slower by ${percent(wall)} of the clock, ${percent(cpu)} of its own CPU time`
      const differences = wall <= slowerAtMost ? [] : [measured]
      return { tried: 1, held: 1 - differences.length, differences, measured }
    } finally {
      killAll(command)
    }
  },
}

interface Pace {
  perSecond: number
  perCpuSecond: number
}

/** Bytes of the segments of a topic. */
const bytesUnder = (folder: string) =>
  filesUnder(folder)
    .filter(file => file.endsWith('.log'))
    .reduce((sum, file) => sum + statSync(file).size, 0)

/** User and system time that a process has had, seconds. */
function cpuSeconds(pid: number): number {
  const [, , , , , , , , , , , user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(user) + Number(system)) / 100
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2
}

const percent = (share: number) => `${Math.round(share * 1_000) / 10}%`

export const sql: Row = {
  name: 'sql',
  when: 'alone',
  what: 'questions in SQL to a pipeline at work that write, reach outside, or go beyond the limits, and some that do not; how much they slow ingest',
  wanted: 200,
  slice: ['test/warehouse/sql/sandbox.test.ts', 'test/warehouse/sql/limited-process.test.ts'],
  trials: [...Array.from({ length: parts }, (_, part) => someOf(part)), speed],
}
