import { type Command, InvalidArgumentError } from 'commander'
import { backendOption } from './backend-option.ts'
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
    .option('--follow', 'answer from a learner of its own, which follows the one that `start` runs, bit for bit')
    .option(
      '--standby [seconds]',
      'with --follow: go on in its place once it was silent for so long though there was something to learn from (1 where nothing is said)',
      standbySeconds,
    )
    .addOption(backendOption())
  withConnectionOptions(withHttpOptions(withCommonOptions(command, 'print where it listens as one JSON object')))
    .addHelpText(
      'after',
      `
\`recstream start\` does the same by itself; give it --no-http to have it apart. While the learner is away, lists are refused with
503 and events are taken. All that can be asked stands at /openapi.json.

With --follow it has a learner of its own, on this machine or, with Kafka, on another: it goes on from a checkpoint in --data, the
leader's folder or a copy, else from the beginning of the log, learns what the leader has published, and says nothing but the lists
that it is asked for. It needs the leader's definition, --set and --backend; where weights differ at a version it ends.

With --standby as well it goes on as the leader once that one is gone: with all that it has learned, in a second or two, and with
checkpoints in --data from then on. On Kafka the one before is shut out, also where it was only slow, and follows then.

Examples:
  $ npx recstream serve ./shop.mjs
  $ npx recstream serve ./shop.mjs --follow --http 127.0.0.1:8081
  $ npx recstream serve ./shop.mjs --follow --brokers kafka-1:9092 --data copied --http 0.0.0.0:8080 --tokens tokens.txt
  $ npx recstream serve ./shop.mjs --follow --standby --brokers kafka-1:9092 --data copied
  $ npx recstream serve ./shop.mjs --http 0.0.0.0:8080 --tokens tokens.txt --tls-cert cert.pem --tls-key key.pem
  $ curl http://127.0.0.1:8080/v1/users/ann/recommendations`,
    )
    .action(async (pipeline: string, options: ServeCommandOptions) => {
      const { serve } = await import('./serve/serve-pipeline.ts')
      await serve(pipeline, connectionFrom(options), options)
    })
}

/** Seconds of silence; the leader says how far it is several times in each. */
function standbySeconds(text: string): number {
  const seconds = Number(text)
  if (!(seconds >= 0.2 && seconds <= 3_600)) throw new InvalidArgumentError('Give seconds, from 0.2 to 3600.')
  return seconds
}
