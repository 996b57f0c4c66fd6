import { type Command, InvalidArgumentError, Option } from 'commander'

export interface CommonOptions {
  data: string
  json?: true
  debug?: true
}

/** Options that every command has. */
export function withCommonOptions(command: Command, json: string): Command {
  return command
    .addOption(new Option('--data <folder>', 'where everything is kept').env('RECSTREAM_DATA').default('.recstream'))
    .option('--json', json)
    .option('--debug', 'with an error, print its stack trace')
}

/** Which pipeline a command is about. */
export function withPipelineOption(command: Command): Command {
  return command.option(
    '-p, --pipeline <pipeline>',
    'name or module of the pipeline (default: the only one in the data folder)',
  )
}

/**
 * Parser of a whole number in a range, for commander.
 *
 *     new Option('--limit <n>').argParser(wholeNumber(1, 1000))
 */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return text => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}
