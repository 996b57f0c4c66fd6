import { CommanderError } from 'commander'
import { type ErrorCode, fewHandles, lackOf, littleMemory, RecstreamError, thrownText } from '../errors.ts'
import { scrub } from '../run/scrub.ts'
import { jsonLine, say, sayLines, writeLines } from './print/write-lines.ts'

export interface Problem {
  code: ErrorCode
  message: string
}

/** Say what is wrong in one sentence with its code, on stderr, and as JSON on stdout where that was asked for. */
export function reportError(error: unknown, { json, debug }: { json: boolean; debug: boolean }): void {
  const { code, message } = problemOf(error)
  say(`error[${code}]: ${message}`)
  if (debug && error instanceof Error) sayLines(scrub(stackOf(error)))
  if (json) void writeLines([jsonLine({ error: { code, message } })])
}

/** Any error as a code from the list and a sentence for a person, without secrets. */
export function problemOf(error: unknown): Problem {
  const problem = knownProblem(error)
  return { code: problem.code, message: scrub(problem.message) }
}

function knownProblem(error: unknown): Problem {
  const lack = lackOf(error)
  if (lack === 'room')
    return {
      code: 'DISK_FULL',
      message: 'The disk is full; free some space and try again, nothing that was committed is lost.',
    }
  if (lack === 'handles') return { code: 'FILE_UNUSABLE', message: `${fewHandles}.` }
  if (error instanceof RecstreamError) return { code: error.code, message: error.message }
  if (lack === 'memory') return { code: 'MEMORY_SHORT', message: `${littleMemory}.` }
  if (error instanceof CommanderError) return { code: 'CONFIG_INVALID', message: usageMessage(error) }
  const { code, path, syscall, message }: NodeJS.ErrnoException =
    error instanceof Error ? error : new Error(thrownText(error))
  // On a read-only disk Node finds that the folder above is not there, which it could not make.
  const trouble = systemTroubles[code === 'ENOENT' && syscall === 'mkdir' ? 'EROFS' : (code ?? '')]
  if (trouble !== undefined) {
    return { code: 'FILE_UNUSABLE', message: path === undefined ? `${trouble}.` : `${trouble}: ${path}.` }
  }
  const first = message.split('\n', 1)[0]!.replace(/\.$/, '')
  return {
    code: 'INTERNAL',
    message: `This is a bug in recstream (${first}); run again with --debug and report what it prints.`,
  }
}

const systemTroubles: Record<string, string> = {
  EACCES: 'You may not write or read here; change its permissions or choose another folder with --data',
  EPERM: 'You may not write or read here; change its permissions or choose another folder with --data',
  EROFS: 'No folder can be made or written to here, as on a read-only disk; choose another with --data',
  ENAMETOOLONG: 'This path is too long for the file system; choose a shorter folder with --data',
  EDQUOT: 'Your share of this disk is used up; free some space and start again, nothing that was committed is lost',
  EIO: 'The disk could not be read or written; look at its health, or choose another folder with --data',
  ELOOP: 'This path leads in a circle; choose another folder with --data',
  ENOTDIR: 'A folder is needed and this is a file; choose another folder with --data',
}

function usageMessage(error: CommanderError): string {
  // A password may have been given as an option that there is not (--sasl-password=…).
  const [first, ...rest] = error.message
    .replace(/^error: /, '')
    .replaceAll(/'(--?[\w-]+)=[^']*'/g, "'$1'")
    .split('\n')
  const suggestion = rest.join(' ').replace(/^\(Did you mean (.*)\?\)$/, 'did you mean $1?')
  const sentence = `${first![0]!.toUpperCase()}${first!.slice(1).replace(/\.$/, '')}`
  return suggestion === '' ? `${sentence}; see --help.` : `${sentence}; ${suggestion}`
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}
