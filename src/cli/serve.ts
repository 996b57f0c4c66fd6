import type { Command } from 'commander'
import { withCommonOptions } from './common-options.ts'
import { connectionFrom, withConnectionOptions } from './connection-options.ts'
import { withHttpOptions } from './http-options.ts'
import type { ServeCommandOptions } from './serve/serve-pipeline.ts'
import { collectSetting } from './settings-option.ts'

export function addServe(program: Command): void {
  const command = program
    .command('serve')
    .summary('answer requests over HTTP for a pipeline that runs')
    .description('Answer requests over HTTP for a pipeline that another `start` runs: lists on demand, events in.')
    .argument('<pipeline>', 'kuairand, movielens, generated, or the path of a module that exports one')
    .option('--set <setting=value>', 'a setting that `start` was given; repeatable', collectSetting, {})
  withConnectionOptions(withHttpOptions(withCommonOptions(command, 'print where it listens as one JSON object')))
    .addHelpText(
      'after',
      `
\`recstream start\` does the same by itself; give it --no-http to have it apart. While the learner is away, lists are refused with
503 and events are taken. All that can be asked stands at /openapi.json.

Examples:
  $ npx recstream serve ./shop.mjs
  $ npx recstream serve ./shop.mjs --http 0.0.0.0:8080 --tokens tokens.txt --tls-cert cert.pem --tls-key key.pem
  $ curl http://127.0.0.1:8080/v1/users/ann/recommendations`,
    )
    .action(async (pipeline: string, options: ServeCommandOptions) => {
      const { serve } = await import('./serve/serve-pipeline.ts')
      await serve(pipeline, connectionFrom(options), options)
    })
}
