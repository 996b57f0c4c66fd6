import type { Assignment } from './messages.ts'

/**
 * A command about a pipeline, for people to copy.
 *
 *     pipelineCommand('dead-letters', 'shop', { data: 'data', connection: {} })   // '`recstream dead-letters -p shop --data data`'
 */
export function pipelineCommand(
  command: 'dead-letters' | 'topics',
  pipeline: string,
  { data, connection: { brokers } }: Pick<Assignment, 'data' | 'connection'>,
): string {
  const folder = data === '.recstream' ? '' : ` --data ${data}`
  const kafka = brokers === undefined ? '' : ` --brokers ${brokers.join(',')}`
  return `\`recstream ${command} -p ${pipeline}${folder}${kafka}\``
}
