import { Command, CommanderError } from 'commander'
import { packageVersion } from './package-version.ts'
import { reportError } from './report-error.ts'

/** Commands in the order in which help shows them. */
const commands: Record<string, () => Promise<(program: Command) => void>> = {
  start: async () => (await import('./start.ts')).addStart,
  import: async () => (await import('./import.ts')).addImport,
  serve: async () => (await import('./serve.ts')).addServe,
  send: async () => (await import('./send.ts')).addSend,
  tail: async () => (await import('./tail.ts')).addTail,
  sql: async () => (await import('./sql.ts')).addSql,
  snapshot: async () => (await import('./snapshot.ts')).addSnapshot,
  models: async () => (await import('./models.ts')).addModels,
  arms: async () => (await import('./arms.ts')).addArms,
  merge: async () => (await import('./merge.ts')).addMerge,
  forget: async () => (await import('./forget.ts')).addForget,
  shards: async () => (await import('./shards.ts')).addShards,
  explain: async () => (await import('./explain.ts')).addExplain,
  experiment: async () => (await import('./experiment.ts')).addExperiment,
  simulate: async () => (await import('./simulate.ts')).addSimulate,
  tune: async () => (await import('./tune.ts')).addTune,
  settings: async () => (await import('./settings.ts')).addSettings,
  'dead-letters': async () => (await import('./dead-letters.ts')).addDeadLetters,
  topics: async () => (await import('./topics.ts')).addTopics,
  kafka: async () => (await import('./kafka.ts')).addKafka,
  doctor: async () => (await import('./doctor.ts')).addDoctor,
}

/**
 * The command line as a tree of commands, or of the one that is named. A command loads what it needs when it runs, so that
 * `--help` is instant.
 *
 *     await (await createProgram('sql')).parseAsync(['node', 'recstream', 'sql', 'select 1'])
 *
 * What names no command, such as an option or a slip, has them all.
 */
export async function createProgram(named = ''): Promise<Command> {
  const program = new Command('recstream')
    .description('Recommendations that learn while people act: events in, lists out, SQL over everything between.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .showHelpAfterError(false)
    .exitOverride()
    .enablePositionalOptions() // a command under another may have an option of the same name
    .configureOutput({ outputError: () => {} }) // what is wrong is said in one place, reportError
    .addHelpText(
      'after',
      `
Examples:
  $ npx recstream start kuairand --until-idle      a sample of real watching, from events to lists
  $ npx recstream sql "select * from scores"       ask about all of it
  $ npx recstream kafka                            a real Kafka to try the rest against`,
    )
  const wanted = Object.hasOwn(commands, named) ? [commands[named]!] : Object.values(commands)
  for (const add of await Promise.all(wanted.map(load => load()))) add(program)
  return program
}

/** Run one command line and set the exit code. */
export async function run(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', endOnBrokenPipe)
  try {
    const program = await createProgram(argv[2])
    await program.parseAsync(argv)
  } catch (error) {
    // Help and version are "errors" of commander's that have been printed.
    const usage = error instanceof CommanderError ? error : null
    if (usage?.exitCode !== 0) process.exitCode = 1
    if (usage?.exitCode !== 0 && usage?.code !== 'commander.help') {
      reportError(error, { json: argv.includes('--json'), debug: argv.includes('--debug') })
    }
  }
  // What a command left open (a socket that is closing, a timer of a library) must not hold the shell.
  process.stdout.write('', () => process.exit())
}

/** `recstream tail … | head` closes our output when it has seen enough; that is no failure. */
function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
}
