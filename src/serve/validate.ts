import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { RecstreamError } from '../errors.ts'

type Part = 'params' | 'querystring' | 'body'

const named: Record<Part, string> = { params: 'the path', querystring: 'the query', body: 'the body' }
/** A query has texts only; a body says what it means. */
const texts = new Ajv2020({ coerceTypes: 'array', useDefaults: false, allErrors: false, strict: false })
const values = new Ajv2020({ coerceTypes: false, useDefaults: false, allErrors: false, strict: false })

/** A check of one part of requests by its schema; it throws REQUEST_INVALID, and says what is wrong in one sentence. */
export function createCheck(schema: object, part: Part): (value: unknown) => void {
  const validate = (part === 'body' ? values : texts).compile(schema)
  return value => {
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
