import { documentOf } from '../../../src/serve/document.ts'
import { routes } from '../../../src/serve/routes.ts'
import { cell } from './settings.ts'

interface Schema {
  type?: string | string[]
  description?: string
  minimum?: number
  maximum?: number
  maxLength?: number
  enum?: string[]
  maxItems?: number
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: unknown
}
interface Operation {
  summary: string
  description?: string
  parameters: { name: string; in: string; required: boolean; description?: string; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema & { $ref?: string } }> }>
  'x-access'?: string
}

/** The page of what can be asked over HTTP, from the document that the service shows. */
export function httpPage(): string {
  const document = documentOf(routes, { pipeline: 'shop', version: '', tokens: true })
  const { paths } = document as { paths: Record<string, Record<string, Operation>> }
  const parts = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(`${method.toUpperCase()} ${path}`, operation)),
  )
  return `# HTTP

What a running pipeline answers, from the document that it shows at \`/openapi.json\`; [serving](../guide/serving.md) has examples. Bodies are JSON. Every
answer has an \`X-Request-Id\`; errors are \`application/problem+json\` with \`code\`, \`detail\` and \`requestId\`, by [code](errors.md).

${parts.join('\n\n')}
`
}

function section(
  title: string,
  { summary, description, parameters, requestBody, responses, ...rest }: Operation,
): string {
  const access = rest['x-access']
  const body = requestBody?.content['application/json']?.schema
  const rows = [
    ...parameters.map(({ name, in: where, required, schema, description = '' }) =>
      row(name, where, schema, required, description),
    ),
    ...fieldsOf(body).map(([name, schema, required]) => row(name, 'body', schema, required, schema.description ?? '')),
  ]
  const answers = Object.entries(responses)
    .filter(([, { content }]) => !Object.values(content ?? {}).some(({ schema }) => schema.$ref !== undefined))
    .map(([status, { description, content }]) => `- **${status}** ${description}${answered(content)}`)
  const table = rows.length === 0 ? '' : `\n| Name | Where | What | Meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`
  return `## \`${title}\`

${summary}. ${description ?? ''} Access: ${access ?? 'open to all'}.
${table}
${answers.join('\n')}`.replaceAll('  ', ' ')
}

/** Fields of a body; of one thing or a list of them, those of the one. */
function fieldsOf(schema: Schema | undefined): [name: string, schema: Schema, required: boolean][] {
  const one = schema?.anyOf?.[0] ?? schema
  return Object.entries(one?.properties ?? {}).map(([name, each]) => [
    name,
    each,
    one!.required?.includes(name) ?? false,
  ])
}

function answered(content: Record<string, { schema: Schema }> = {}): string {
  const names = Object.values(content).flatMap(({ schema }) => Object.keys(schema.properties ?? {}))
  return names.length === 0 ? '' : ` ${names.map(name => `\`${name}\``).join(', ')}`
}

function row(name: string, where: string, schema: Schema, required: boolean, description: string): string {
  return `| \`${name}\`${required ? '' : ' (optional)'} | ${where} | ${cell(kindOf(schema))} | ${cell(description)} |`
}

function kindOf(schema: Schema): string {
  const { type, minimum, maximum, maxItems, anyOf, items, maxLength, enum: words } = schema
  if (words !== undefined) return words.length > 5 ? 'a word' : words.join(' or ')
  if (anyOf !== undefined) return anyOf.map(kindOf).join(' or ')
  if (type === 'array') return `list of ${kindOf(items ?? {})}${maxItems === undefined ? '' : `, at most ${maxItems}`}`
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`
  if (type === 'string') return maxLength === undefined ? 'text' : `text, at most ${maxLength.toLocaleString('en-GB')}`
  return String(type ?? 'anything')
}
