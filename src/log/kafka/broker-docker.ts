import { relative } from 'node:path'
import type { BrokerSettings } from './broker-config.ts'

/** Where the cluster's folder appears inside a broker's container. */
export const mounted = '/recstream'

/** A path in the cluster's folder as a container sees it. */
export function inContainer({ shared }: BrokerSettings, path: string): string {
  return [mounted, relative(shared, path)].filter(Boolean).join('/')
}

/** Words that run something of Kafka's image; the host's network, so that the ports that a broker announces are those that clients reach. */
export function dockerRun({ shared }: BrokerSettings): string[] {
  const user = process.getuid === undefined ? [] : ['--user', `${process.getuid()}:${process.getgid!()}`]
  return ['run', '--rm', '--network', 'host', ...user, '-e', 'LOG_DIR=/tmp', '-v', `${shared}:${mounted}`]
}
