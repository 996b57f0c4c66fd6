import { killAll, recstream, until } from '../../../promises/command.ts'
import { outcomeOf } from '../../../promises/twins.ts'
import { type Row, repeated, type Tried } from '../row.ts'
import { begin, beginForGood, judged, runOf, type Where } from './world.ts'

const where: Where = { kafka: false, partitions: 1 }
const seconds = 4
/** The limit, and what it takes to start and to draw. */
const endsMs = (seconds + 6) * 1_000
const tables = ['events', 'users', 'items', 'recommendations', 'scores']

/** What a query may not do. */
const refused = [
  ...tables.flatMap(table => [
    `DELETE FROM ${table}`,
    `DROP TABLE ${table}`,
    `INSERT INTO ${table} SELECT * FROM ${table}`,
    `ALTER TABLE ${table} RENAME TO mine`,
    `COPY ${table} TO 'out.csv'`,
    `CREATE TABLE mine AS SELECT * FROM ${table}`,
  ]),
  ...[
    'LOAD httpfs',
    'INSTALL httpfs',
    "ATTACH 'other.duckdb'",
    'USE memory',
    'SET threads = 64',
    'SET memory_limit = 1',
  ],
  ...[
    "SELECT * FROM read_csv('package.json')",
    "SELECT * FROM read_text('package.json')",
    "SELECT * FROM 'package.json'",
  ],
  ...[
    "SELECT * FROM glob('*')",
    "SELECT getenv('HOME')",
    "SELECT * FROM 'https://example.com/x.csv'",
    'SELECT 1; SELECT 2',
  ],
  ...['BEGIN', 'CHECKPOINT', 'EXPORT DATABASE out', 'EXPLAIN ANALYZE DELETE FROM events'],
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
  ...tables.map(table => `SELECT count(*) FROM ${table}`),
  ...tables.map(table => `SELECT * FROM ${table} LIMIT 20`),
  `SELECT ${Array.from({ length: 1_000 }, (_, k) => `${k} AS c${k}`)}`,
  "SELECT repeat('x', 100000) AS wide FROM range(100)",
]

export const sql: Row = {
  name: 'sql',
  what: 'questions in SQL to a pipeline at work that write, reach outside, or go beyond the limits, and some that do not',
  wanted: 200,
  slice: ['test/warehouse/sql/sandbox.test.ts', 'test/warehouse/sql/limited-process.test.ts'],
  trials: repeated(4, number => ({
    name: `${number}`,
    count: refused.length + beyond.length + answered.length,
    async run(scene): Promise<Tried> {
      const run = await runOf(scene, where, 30_000)
      const command = beginForGood(run)
      try {
        await until('it is ready', () => /Ready: /.test(command.said()), 120_000)
        const differences: string[] = []
        const ask = async (question: string, isRight: (code: string | null) => boolean) => {
          const options = [
            '--data',
            run.data,
            '--pipeline',
            run.name,
            '--seconds',
            `${seconds}`,
            '--memory-mb',
            '256',
            '--json',
          ]
          const began = performance.now()
          const { stderr } = await recstream(['sql', question, ...options], { dist: scene.dist }).ended
          const ms = performance.now() - began
          const code = /error\[(\w+)\]/.exec(stderr)?.[1] ?? null
          if (ms <= endsMs && isRight(code)) return
          differences.push(`${question.slice(0, 100)}: ${code ?? 'answered'} after ${Math.round(ms)} ms`)
        }
        for (const question of refused) await ask(question, code => code?.startsWith('SQL_') === true)
        for (const question of beyond) await ask(question, code => code === 'SQL_LIMIT')
        for (const question of answered) await ask(question, code => code === null)
        const tried = refused.length + beyond.length + answered.length
        const failed = differences.length
        command.child.kill('SIGTERM')
        await command.ended
        const outcome = await outcomeOf(run, await begin(run).ended)
        const others = await judged(scene, where, run, outcome)
        return { tried, held: others.length === 0 ? tried - failed : 0, differences: [...differences, ...others] }
      } finally {
        killAll(command)
      }
    },
  })),
}
