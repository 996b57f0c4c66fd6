// npm run test:faults [-- --row NAME] [--share 0.1] [--json]: everything that may befall a pipeline, hundreds of times.
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { detectBrokerRuntime } from '../../../src/log/kafka/broker-runtime.ts'
import { root } from '../../promises/command.ts'
import { noSmallDisk } from '../../promises/full-disk.ts'
import { digestOf, KeptResults, secondsBefore } from './kept-results.ts'
import { minutesOf, reportOf, textOf } from './report.ts'
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
  .option(
    '--at-once <trials>',
    'trials at a time; rows that measure time wait until the others are over',
    atOnceFrom,
    2,
  )
  .option('--list', 'say which rows there are, what each tries, and how long it took here')
  .option('--json', 'the last line on stdout is what came of it, as JSON')
  .addHelpText(
    'after',
    `
Progress is on stderr. Stopped at any moment and started again, it goes on with the trial that it was stopped in, as long as
the build is the same. Ends with 0 where everything held. All rows take two hours or so on two cores, and want a Linux machine
to themselves.

Examples:
  $ npm run test:faults                                       every row, as often as the page of faults says
  $ npm run test:faults -- --share 0.05                       a little of each
  $ npm run test:faults -- --row kill --row failpoints --json`,
  )
  .parse()
const options = program.opts<{ row?: string[]; share: number; atOnce: number; anew?: true; list?: true; json?: true }>()
const say = (line: string) => process.stderr.write(`${line}\n`)

if (options.list) {
  const each = rows.map(row => ({ ...row, minutes: minutesOf(row, secondsBefore(join(root, '.faults'))) }))
  for (const { name, what, wanted, trials, minutes } of each) {
    const took = minutes === null ? 'not timed here yet' : `${minutes} min`
    console.log(`${name.padEnd(14)} ${what} (${wanted} times, ${trials.length} trials, ${took})`)
  }
  console.log(durationOfAll())
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
  await runRows({ rows: chosen.filter(row => !('skipped' in row)), kept, stage, say, atOnce: options.atOnce })
} finally {
  await stage.close()
}
const report = reportOf({ rows: chosen, kept, build, share: options.share })
say(textOf(report))
say(durationOfAll())
if (options.json) console.log(JSON.stringify(report))
process.exit(report.held ? 0 : 1)

function atOnceFrom(text: string): number {
  const trials = Number(text)
  if (Number.isInteger(trials) && trials > 0) return trials
  throw new InvalidArgumentError('At least one, a whole number.')
}

function durationOfAll(): string {
  const secondsOf = secondsBefore(join(root, '.faults'))
  const minutes = rows.map(row => minutesOf(row, secondsOf))
  const known = minutes.filter(each => each !== null)
  const sum = Math.round(known.reduce((total, each) => total + each, 0))
  const which = known.length === rows.length ? 'All rows' : `${known.length} of ${rows.length} rows`
  return `${which} take ${sum} min here, one trial after another.`
}

function shareFrom(text: string): number {
  const share = Number(text)
  if (share > 0 && share <= 1) return share
  throw new InvalidArgumentError('A part is above 0 and at most 1.')
}
