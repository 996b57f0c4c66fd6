import { readFileSync, statSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { RecstreamError } from '../errors.ts'
import { keepSecret } from '../run/scrub.ts'
import { addressFrom, defaultAddress, isLoopback } from '../serve/address.ts'
import { defaultLimits, type ServeOptions } from '../serve/options.ts'
import { type Token, tokensFrom } from '../serve/tokens.ts'
import { wholeNumber } from './common-options.ts'
import { pemFile } from './connection-options.ts'
import { packageVersion } from './package-version.ts'

export interface HttpCommandOptions {
  http?: string | false
  tokens?: string
  open?: true
  tlsCert?: string
  tlsKey?: string
  cors?: string
  maxBody: number
  maxRate: number
  maxRequests: number
  wait: number
}

const variable = 'RECSTREAM_HTTP_TOKENS'

/** Options that say where to answer requests, and from whom. */
export function withHttpOptions(command: Command): Command {
  const { body, rate, concurrency, waitMs } = defaultLimits
  return command
    .optionsGroup('HTTP:')
    .addOption(
      new Option('--http <address>', 'where to answer requests: host:port, or a port, 0 for a free one').env(
        'RECSTREAM_HTTP',
      ),
    )
    .option('--tokens <file>', `lines such as "read <token>" (read, write, admin); else those of ${variable}`)
    .option('--open', 'listen beyond this machine without tokens: everybody may read and write')
    .option('--tls-cert <file>', 'certificate to answer with, PEM')
    .option('--tls-key <file>', 'its private key, PEM')
    .option('--cors <origin,…>', 'pages of these origins may ask from a browser')
    .addOption(new Option('--max-body <bytes>', 'longest request').default(body).argParser(wholeNumber(1_024, 2 ** 28)))
    .addOption(
      new Option('--max-rate <n>', 'requests a second of one client')
        .default(rate)
        .argParser(wholeNumber(1, 1_000_000)),
    )
    .addOption(
      new Option('--max-requests <n>', 'requests at once').default(concurrency).argParser(wholeNumber(1, 100_000)),
    )
    .addOption(
      new Option('--wait <ms>', 'how long a list waits for an event that its user just sent')
        .default(waitMs)
        .argParser(wholeNumber(0, 60_000)),
    )
}

/** How to serve, as the options say, checked; files and tokens are read here. */
export function serveOptionsFrom(options: HttpCommandOptions): ServeOptions {
  const address = typeof options.http === 'string' ? addressFrom(options.http) : defaultAddress
  const tokens = tokensOf(options)
  if (tokens === null && !isLoopback(address.host) && options.open !== true) {
    throw invalid(
      `Everybody who reaches ${address.host}:${address.port} could read and write; give tokens with --tokens or ${variable}, or say --open.`,
    )
  }
  return {
    address,
    anyPort: typeof options.http !== 'string',
    tokens,
    tls: tlsOf(options),
    origins: originsOf(options.cors),
    version: packageVersion(),
    limits: {
      ...defaultLimits,
      body: options.maxBody,
      rate: options.maxRate,
      concurrency: options.maxRequests,
      waitMs: options.wait,
    },
  }
}

function tokensOf({ tokens: file }: HttpCommandOptions): Token[] | null {
  const given = process.env[variable]
  if (file === undefined) return given === undefined ? null : tokensFrom(given, variable, keepSecret)
  let text: string
  let mode: number
  try {
    text = readFileSync(file, 'utf8')
    mode = statSync(file).mode
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw invalid(`The file of --tokens cannot be read (${code}); give the path of a file with a token a line.`)
  }
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw invalid(`Others can read the tokens in ${file}; keep them to yourself with chmod 600 ${file}.`)
  }
  return tokensFrom(text, file, keepSecret)
}

function tlsOf({ tlsCert, tlsKey }: HttpCommandOptions): ServeOptions['tls'] {
  if (tlsCert === undefined && tlsKey === undefined) return null
  if (tlsCert === undefined || tlsKey === undefined) {
    throw invalid('A certificate and its key go together; give both --tls-cert and --tls-key.')
  }
  return { cert: pemFile('--tls-cert', tlsCert), key: pemFile('--tls-key', tlsKey) }
}

function originsOf(list = ''): string[] {
  return list.split(',').flatMap(each => {
    const text = each.trim()
    if (text === '') return []
    if (URL.canParse(text) && new URL(text).origin === text) return [text]
    throw invalid(`"${text}" is no origin; give one such as https://shop.example, without a path.`)
  })
}

function invalid(message: string): RecstreamError {
  return new RecstreamError('CONFIG_INVALID', message)
}
