import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { RecstreamError } from '../errors.ts'

type Part = 'params' | 'querystring' | 'body'

const named: Record<Part, string> = { params: 'the path', querystring: 'the query', body: 'the body' }
// That our schemas are schemas is tested, and looked at no more: it takes 0.2 s, while somebody waits for the page.
const common = { useDefaults: false, allErrors: false, strict: false, validateSchema: false }
/** A query has texts only; a body says what it means. */
const texts = new Ajv2020({ ...common, coerceTypes: 'array' })
const values = new Ajv2020({ ...common, coerceTypes: false })

/**
 * A check of one part of requests by its schema; it throws REQUEST_INVALID, and says what is wrong in one sentence. It is
 * made for the first request, some milliseconds each.
 */
export function createCheck(schema: object, part: Part): (value: unknown) => void {
  let validate: ValidateFunction | undefined
  return value => {
    validate ??= (part === 'body' ? values : texts).compile(schema)
    if (!validate(value)) throw new RecstreamError('REQUEST_INVALID', sentence(validate.errors![0]!, part))
  }
}

/** Longer names are not said again. */
const shown = 60

function sentence({ instancePath, keyword, params, message }: ErrorObject, part: Part): string {
  const path = instancePath.slice(1).replaceAll('/', '.').slice(0, shown)
  const what = path === '' ? named[part].replace(/^./, first => first.toUpperCase()) : `"${path}" in ${named[part]}`
  if (keyword === 'additionalProperties') {
    return `${what} has a field "${String(params['additionalProperty']).slice(0, shown)}", which there is not.`
  }
  return `${what} ${message}.`
}
