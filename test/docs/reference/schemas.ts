import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { schemaFolder } from '../../../src/codec/schema.ts'

interface Schema {
  name: string
  doc?: string
  fields: readonly { name: string; type: unknown; doc?: string; default?: unknown }[]
}

/** The page of schemas: each file of `schemas/` with its fields. */
export function schemasPage(): string {
  const files = readdirSync(schemaFolder).filter(file => file.endsWith('.avsc'))
  return `# Schemas

What travels on the topics is described by the Avro schemas in [\`schemas/\`](../../schemas). How to write and read it, and the same
as JSON: [topics and clients](../guide/topics.md).

${files.map(file => section(file, JSON.parse(readFileSync(join(schemaFolder, file), 'utf8')))).join('\n')}`
}

function section(file: string, schema: Schema): string {
  const rows = schema.fields.map(
    ({ name, type, doc, default: none }) =>
      `| \`${name}\` | ${typeText(type)} | ${none === undefined ? 'required' : `\`${JSON.stringify(none)}\``} | ${plain(doc ?? '')} |`,
  )
  return `## ${schema.name}

[\`${file}\`](../../schemas/${file})${schema.doc === undefined ? '' : `: ${plain(schema.doc)}`}

| Field | Type | Default | Meaning |
|---|---|---|---|
${rows.join('\n')}
`
}

/** `["null", "string"]` → `string or null`; `{"type": "array", "items": "double"}` → `list of double`. */
function typeText(type: unknown): string {
  if (typeof type === 'string') return type
  if (Array.isArray(type))
    return type
      .toSorted((a, b) => Number(a === 'null') - Number(b === 'null'))
      .map(typeText)
      .join(' or ')
  const {
    type: kind,
    logicalType,
    items,
    values,
    name,
    fields,
  } = type as {
    type: unknown
    logicalType?: string
    items?: unknown
    values?: unknown
    name?: string
    fields?: Schema['fields']
  }
  if (kind === 'array') return `list of ${typeText(items)}`
  if (kind === 'map') return `${typeText(values)} by name`
  if (kind === 'record') return `${name} {${fields!.map(field => `${field.name}: ${typeText(field.type)}`).join(', ')}}`
  return logicalType === undefined ? typeText(kind) : `${typeText(kind)} (${logicalType})`
}

/** `<pipeline>` would be taken for HTML. */
function plain(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('|', '\\|')
}
