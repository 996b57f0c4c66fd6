import type { Command } from 'commander'
import { wholeNumber, withCommonOptions } from './common-options.ts'
import type { KafkaOptions } from './kafka/run-broker.ts'

export function addKafka(program: Command): void {
  const command = program
    .command('kafka')
    .summary('run a real single-node Kafka here')
    .description('Run a real single-node Apache Kafka in the foreground, for development and tests.')
    .option('--port <port>', 'port of its plain listener', wholeNumber(1, 65_535), 9092)
    .option('--secure', 'add listeners with SASL and TLS')
  withCommonOptions(command, 'once it runs, print its addresses as one JSON object')
    .addHelpText(
      'after',
      `
It needs Java 17 with Maven, or Docker; \`recstream doctor\` says what is here. Its data lies in <data folder>/kafka and is
there again at the next start. It listens on 127.0.0.1 only. Ctrl-C stops it.

Examples:
  $ npx recstream kafka
  $ npx recstream start movielens --source ml-100k --brokers 127.0.0.1:9092`,
    )
    .action(async (options: KafkaOptions) => {
      const { runBroker } = await import('./kafka/run-broker.ts')
      await runBroker(options)
    })
}
