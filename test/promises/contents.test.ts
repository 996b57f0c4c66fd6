import { expect, test } from 'vitest'
import { withoutOffsets } from './contents.ts'

test('what two logs have in common is all but the offsets of the input', () => {
  const rows = (...all: unknown[]) => all.map(row => JSON.stringify(row))
  const contents = {
    'table events': rows([1, 0, 17, 'ann'], [2, 0, 19, 'bob']),
    'table users': rows(['ann', null]),
    'table offsets': rows(['shop.items', 0, 20]),
    'topic interest-sequences': rows([{ sequence: 1 }, {}, null, 0, 17]),
    'changes on interest-sequences': rows([1, { number: 3 }, 0, 4]),
    'topic recommendations': rows({ recommendationId: 'a', source: [0, 17] }),
    'topic commands': rows({ kind: 'merge' }),
  }
  const columns = {
    'table events': ['sequence', 'source_partition', 'source_offset', 'user_id'],
    'table users': ['user_id', 'attributes'],
    'table offsets': ['topic', 'partition', 'next_offset'],
  }
  expect(withoutOffsets(contents, columns)).toEqual({
    'table events': rows([1, 0, 'ann'], [2, 0, 'bob']),
    'table users': rows(['ann', null]),
    'topic interest-sequences': rows([{ sequence: 1 }, {}, null, 0]),
    'changes on interest-sequences': rows([1, { number: 3 }, 0]),
    'topic recommendations': rows({ recommendationId: 'a', source: [0] }),
    'topic commands': rows({ kind: 'merge' }),
  })
})
