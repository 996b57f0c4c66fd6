import { Command, CommanderError } from 'commander'
import { addArms } from './arms.ts'
import { addDeadLetters } from './dead-letters.ts'
import { addDoctor } from './doctor.ts'
import { addExperiment } from './experiment.ts'
import { addExplain } from './explain.ts'
import { addForget } from './forget.ts'
import { addImport } from './import.ts'
import { addKafka } from './kafka.ts'
import { addMerge } from './merge.ts'
import { addModels } from './models.ts'
import { packageVersion } from './package-version.ts'
import { reportError } from './report-error.ts'
import { addSend } from './send.ts'
import { addServe } from './serve.ts'
import { addSettings } from './settings.ts'
import { addSimulate } from './simulate.ts'
import { addSnapshot } from './snapshot.ts'
import { addSql } from './sql.ts'
import { addStart } from './start.ts'
import { addTail } from './tail.ts'
import { addTopics } from './topics.ts'
import { addTune } from './tune.ts'

/** The command line as a tree of commands. A command loads what it needs when it runs, so that `--help` is instant. */
export function createProgram(): Command {
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
  for (const add of [
    addStart,
    addImport,
    addServe,
    addSend,
    addTail,
    addSql,
    addSnapshot,
    addModels,
    addArms,
    addMerge,
    addForget,
    addExplain,
    addExperiment,
    addSimulate,
    addTune,
    addSettings,
    addDeadLetters,
    addTopics,
    addKafka,
    addDoctor,
  ])
    add(program)
  return program
}

/** Run one command line and set the exit code. */
export async function run(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', endOnBrokenPipe)
  try {
    await createProgram().parseAsync(argv)
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
