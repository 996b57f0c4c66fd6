import { expect, test } from 'vitest'
import { asCsv, asJson, asTable } from '../../../src/warehouse/sql/format.ts'

const columns = [
  { name: 'user_id', type: 'VARCHAR' },
  { name: 'n', type: 'BIGINT' },
]

test('a table shows numbers to the right and nothing that a terminal would obey', () => {
  const table = asTable({
    columns,
    rows: [
      ['ada', 5],
      ['\u001b[31mbob\n', null],
      ['carol', 12_345],
    ],
  })
  expect(table.split('\n')).toEqual([
    '┌───────────┬───────┐',
    '│ user_id   │     n │',
    '├───────────┼───────┤',
    '│ ada       │     5 │',
    '│ �[31mbob  │       │',
    '│ carol     │ 12345 │',
    '└───────────┴───────┘',
  ])
})

test('a wide table is cut to the width: narrow columns stay, long values end in an ellipsis', () => {
  const table = asTable({ columns, rows: [['x'.repeat(500), 1]] })
  const lines = table.split('\n')
  expect(Math.max(...lines.map(line => line.length))).toBe(120)
  expect(lines[3]).toContain('xx… │ 1 │')
  const many = Array.from({ length: 12 }, (_, k) => ({ name: `a_long_column_name_${k}`, type: 'VARCHAR' }))
  const wide = asTable({ columns: many, rows: [many.map(() => 'value '.repeat(9))] })
  expect(Math.max(...wide.split('\n').map(line => line.length))).toBeLessThanOrEqual(121)
})

test('letters that take two columns of a terminal are counted so, and cut so', () => {
  const lines = asTable({ columns, rows: [['日本語'.repeat(9), 1]] }, 30).split('\n')
  expect(lines[3]).toBe('│ 日本語日本語日本語日…  │ 1 │')
})

test('who waits for a table can end its making at any row', () => {
  let left = 5
  const pace = () => {
    if (--left < 0) throw new Error('Time is up.')
  }
  expect(() =>
    asTable(
      {
        columns,
        rows: [
          ['ada', 1],
          ['bob', 2],
        ],
      },
      120,
      pace,
    ),
  ).toThrow('Time is up.')
})

test('JSON is an array of objects, and no column hides another', () => {
  const twice = [...columns, { name: 'n', type: 'BIGINT' }]
  expect(
    JSON.parse(
      asJson({
        columns: twice,
        rows: [
          ['ada', 5, 6],
          ['__proto__', null, [1]],
        ],
      }),
    ),
  ).toEqual([
    { user_id: 'ada', n: 5, n_2: 6 },
    { user_id: '__proto__', n: null, n_2: [1] },
  ])
  expect(asJson({ columns, rows: [] })).toBe('[]')
})

test('CSV holds nothing that a terminal would obey, JSON says it all', () => {
  const rows = [['\u001B[2J\u202E', 1]]
  expect(asCsv({ columns, rows })).toBe('user_id,n\r\n�[2J�,1\r\n')
  expect(JSON.parse(asJson({ columns, rows }))).toEqual([{ user_id: '\u001B[2J\u202E', n: 1 }])
  expect(asJson({ columns, rows })).toContain('\\u202e')
})

test('CSV quotes what RFC 4180 asks for', () => {
  const rows = [
    ['a,b', 1],
    ['say "hi"\n', null],
    ['', 2],
    [{ a: [1] }, 3],
  ]
  expect(asCsv({ columns, rows })).toBe('user_id,n\r\n"a,b",1\r\n"say ""hi""\n",\r\n"",2\r\n"{""a"":[1]}",3\r\n')
})
