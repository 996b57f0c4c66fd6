import { expect, test } from 'vitest'
import { allStatements, splitStatements } from '../../../src/warehouse/sql/split-statements.ts'

test('statements end in semicolons, the last one with or without', () => {
  expect(allStatements('select 1;\n select 2 ;;\n-- done\n')).toEqual(['select 1', 'select 2'])
  expect(allStatements('select 1; select 2')).toEqual(['select 1', 'select 2'])
  expect(allStatements(' -- nothing\n/* at all; */ ;')).toEqual([])
})

test.each([
  ["select 'a;b''c;'"],
  ["select e'it\\'s;', 1"],
  ['select ";" from t'],
  ['select 1 -- one; two\n + 2'],
  ['select 1 /* a; /* b; */ c; */ + 2'],
  ['select $$ a; $$, $tag$ $$; $tag$'],
  ["select * from t where'a;' = a"],
  ['select $name, $1'],
])('%s is one statement', sql => {
  expect(allStatements(`${sql}; select 2`)).toEqual([sql, 'select 2'])
})

test('what has not ended stays, to be gone on with', () => {
  expect(splitStatements("select 1; select 'a;\n")).toEqual({ statements: ['select 1'], rest: "select 'a;" })
  expect(splitStatements('select 1 /* ;')).toEqual({ statements: [], rest: 'select 1 /* ;' })
  expect(splitStatements('select 1 ;')).toEqual({ statements: ['select 1'], rest: null })
})
