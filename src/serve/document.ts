import { ProblemAnswer } from './answers.ts'
import { problemType } from './problem.ts'
import type { AnswerDoc, Route } from './route.ts'

/** Problems that a route may answer with, beside those that it names. */
const problems: Readonly<Record<number, string>> = {
  400: 'The request is wrong.',
  401: 'A token is needed.',
  403: 'The token does not open this.',
  404: 'There is nothing here.',
  408: 'It took too long.',
  413: 'The path, the headers or the body are too long.',
  415: 'The body is no JSON.',
  429: 'Too many requests.',
  503: 'The service is too busy, or what it needs does not answer.',
}

/** What can be asked of a service, as OpenAPI 3.1; its schemas are those that requests are checked by. */
export function documentOf(
  routes: readonly Route[],
  { pipeline, version, tokens }: { pipeline: string; version: string; tokens: boolean },
): object {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = (paths[route.path] ??= {})
    path[route.method.toLowerCase()] = operationOf(route, tokens)
  }
  return {
    openapi: '3.1.0',
    info: { title: `recstream: ${pipeline}`, version, description: 'Lists that learn while people act.' },
    paths,
    components: {
      schemas: { Problem: plain(ProblemAnswer) },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  }
}

function operationOf(route: Route, tokens: boolean): object {
  const { tag, summary, description, body, access } = route
  return {
    operationId: operationId(route),
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    parameters: [...parametersOf(route, 'path'), ...parametersOf(route, 'query'), ...conditions(route)],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: plain(body) } } } }),
    ...(tokens && access !== null ? { security: [{ token: [] }], 'x-access': access } : {}),
    responses: responsesOf(route),
  }
}

/** `GET /v1/users/{id}/recommendations` as getV1UsersByIdRecommendations. */
function operationId({ method, path }: Route): string {
  const words = path.replaceAll('{id}', 'by-id').split(/[^a-z0-9]+/i)
  return method.toLowerCase() + words.map(word => word.replace(/^./, first => first.toUpperCase())).join('')
}

function parametersOf({ params, query }: Route, where: 'path' | 'query'): object[] {
  const schema = where === 'path' ? params : query
  if (schema === undefined) return []
  const { properties, required = [] } = plain(schema) as {
    properties: Record<string, { description?: string }>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }))
}

function conditions({ answers }: Route): object[] {
  if (answers[304] === undefined) return []
  const description = 'The ETag of the list that you have.'
  return [{ name: 'If-None-Match', in: 'header', required: false, description, schema: { type: 'string' } }]
}

function responsesOf({ answers, access, params, body, query }: Route): Record<string, object> {
  const checked = params !== undefined || body !== undefined || query !== undefined
  const possible = Object.entries(problems).filter(([status]) => {
    if (status === '400') return checked
    if (status === '401' || status === '403') return access !== null
    if (status === '415') return body !== undefined
    return status !== '404' || params !== undefined
  })
  const problem = { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } }
  return {
    ...Object.fromEntries(possible.map(([status, description]) => [status, { description, content: problem }])),
    ...Object.fromEntries(
      Object.entries(answers).map(([status, answer]) => [
        status,
        answer.schema === undefined && Number(status) >= 400
          ? { description: answer.description, content: problem }
          : responseOf(answer),
      ]),
    ),
  }
}

function responseOf({ description, schema, headers = {}, type = 'application/json' }: AnswerDoc): object {
  const content = schema === undefined && type === 'application/json' ? null : { [type]: contentOf(schema) }
  const told = Object.entries(headers).map(([name, words]) => [
    name,
    { description: words, schema: { type: 'string' } },
  ])
  return {
    description,
    ...(told.length === 0 ? {} : { headers: Object.fromEntries(told) }),
    ...(content === null ? {} : { content }),
  }
}

const contentOf = (schema: AnswerDoc['schema']) => ({
  schema: schema === undefined ? { type: 'string' } : plain(schema),
})

/** As JSON Schema alone, without what the library keeps beside it. */
function plain(schema: object): object {
  return JSON.parse(JSON.stringify(schema)) as object
}
