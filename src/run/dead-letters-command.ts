import type { Assignment } from './messages.ts'

/**
 * The command that shows what a pipeline rejected, for people to copy.
 *
 *     deadLettersCommand('shop', { data: 'data', connection: {} })   // '`recstream dead-letters -p shop --data data`'
 */
export function deadLettersCommand(
  pipeline: string,
  { data, connection: { brokers } }: Pick<Assignment, 'data' | 'connection'>,
): string {
  const folder = data === '.recstream' ? '' : ` --data ${data}`
  const kafka = brokers === undefined ? '' : ` --brokers ${brokers.join(',')}`
  return `\`recstream dead-letters -p ${pipeline}${folder}${kafka}\``
}
