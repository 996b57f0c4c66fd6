import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { routes } from '../../src/serve/routes.ts'
import { createCheck } from '../../src/serve/validate.ts'

const parts = routes.flatMap(({ method, path, params, query, body }) =>
  Object.entries({ params, querystring: query, body }).flatMap(([part, schema]) =>
    schema === undefined ? [] : [{ name: `${part} of ${method} ${path}`, part: part as 'body', schema }],
  ),
)

test.each(parts)('$name has a schema that is one, and that can be checked by', ({ part, schema }) => {
  const ajv = new Ajv2020({ strict: false })
  ajv.validateSchema(schema)
  expect(ajv.errors).toBeNull()
  // A check is made when it is first asked: whatever it says of this value, it can be made.
  try {
    createCheck(schema, part)({})
  } catch (error) {
    expect(error).toMatchObject({ code: 'REQUEST_INVALID' })
  }
})
