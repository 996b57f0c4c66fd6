// npm run test:faults [-- --row NAME] [--share 0.1] [--json]: everything that may befall a pipeline, hundreds of times.
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { detectBrokerRuntime } from '../../../src/log/kafka/broker-runtime.ts'
import { root } from '../../promises/command.ts'
import { noSmallDisk } from '../../promises/full-disk.ts'
import { digestOf, KeptResults } from './kept-results.ts'
import { reportOf, textOf } from './report.ts'
import { type Row, shareOf } from './row.ts'
import { rows } from './rows.ts'
import { runRows } from './run-rows.ts'
import { openStage } from './scene.ts'

const names = rows.map(({ name }) => name)
const program = new Command('npm run test:faults --')
  .description('Do to pipelines what may befall them, and compare with twins to which nothing happens.')
  .addOption(
    new Option('--row <name>', 'one kind of fault alone; repeatable')
      .choices(names)
      .argParser<string[]>((name, before = []) => {
        if (!names.includes(name)) throw new InvalidArgumentError(`There are ${names.join(', ')}.`)
        return [...before, name]
      }),
  )
  .option('--share <part>', 'a part of the trials of each row, at least one, such as 0.1', shareFrom, 1)
  .option('--anew', 'forget what was tried before with this build')
  .option('--list', 'say which rows there are and what each tries')
  .option('--json', 'the last line on stdout is what came of it, as JSON')
  .addHelpText(
    'after',
    `
Progress is on stderr. Stopped at any moment and started again, it goes on with the trial that it was stopped in, as long as
the build is the same. Ends with 0 where everything held. All rows take hours and want a Linux machine to themselves.

Examples:
  $ npm run test:faults                                       every row, as often as the page of faults says
  $ npm run test:faults -- --share 0.05                       a little of each
  $ npm run test:faults -- --row kill --row failpoints --json`,
  )
  .parse()
const options = program.opts<{ row?: string[]; share: number; anew?: true; list?: true; json?: true }>()
const say = (line: string) => process.stderr.write(`${line}\n`)

if (options.list) {
  for (const { name, what, wanted, trials } of rows) {
    console.log(`${name.padEnd(14)} ${what} (${wanted} times, ${trials.length} trials)`)
  }
  process.exit(0)
}

const lacking: Record<NonNullable<Row['needs']>, string | null> = {
  kafka: (await detectBrokerRuntime()) === null ? 'no Kafka can run here' : null,
  'small-disk': noSmallDisk === null ? null : 'a tmpfs cannot be mounted here',
}
const chosen = rows
  .filter(({ name }) => options.row === undefined || options.row.includes(name))
  .map(row => {
    const why = row.needs === undefined ? null : lacking[row.needs]
    return { ...row, trials: shareOf(row.trials, options.share), ...(why === null ? {} : { skipped: why }) }
  })
const dist = join(root, 'dist')
const build = digestOf(join(dist, 'src'), join(dist, 'pipelines'), join(dist, 'test'))
const results = join(root, '.faults', `${build}.jsonl`)
if (options.anew) rmSync(results, { force: true })
const kept = new KeptResults(results)

// A build that is made meanwhile is another one.
const copy = join(root, '.faults', build)
if (!existsSync(copy))
  for (const part of ['src', 'pipelines']) cpSync(join(dist, part), join(copy, part), { recursive: true })
const stage = openStage(mkdtempSync(join(root, '.faults', 'run-')), copy)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    say('Stopped. Started again, it goes on from here.')
    void stage.close().finally(() => process.exit(130))
  })
}
try {
  await runRows({ rows: chosen.filter(row => !('skipped' in row)), kept, stage, say })
} finally {
  await stage.close()
}
const report = reportOf({ rows: chosen, kept, build, share: options.share })
say(textOf(report))
if (options.json) console.log(JSON.stringify(report))
process.exit(report.held ? 0 : 1)

function shareFrom(text: string): number {
  const share = Number(text)
  if (share > 0 && share <= 1) return share
  throw new InvalidArgumentError('A part is above 0 and at most 1.')
}
