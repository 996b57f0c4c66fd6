import { expect, test } from 'vitest'
import type { FromProcess } from '../../../src/run/messages.ts'
import { partLinks } from '../../../src/run/roles/part-links.ts'
import { ProcessLink } from '../../../src/run/roles/process-link.ts'

const drained = (sequence: number): FromProcess => ({
  ...{ type: 'drained', role: 'ingest', sequence, passedOver: 0, rejected: {} },
})

test('what is asked of the process is asked of each part, and answered when all have answered', () => {
  const heard: FromProcess[] = []
  const link = new ProcessLink(new AbortController().signal, message => heard.push(message))
  const [first, second] = partLinks(link, 2) as [ProcessLink, ProcessLink]
  expect(first.asked('drain')).toBe(false)
  link.ask('drain')
  expect([first.asked('drain'), second.asked('drain')]).toEqual([true, true])
  first.answered('drain', drained(3))
  expect([first.asked('drain'), second.asked('drain')]).toEqual([false, true])
  expect(heard).toEqual([])
  second.answered('drain', drained(4))
  expect(heard).toEqual([drained(7)])
  link.ask('drain')
  expect([first.asked('drain'), second.asked('drain')]).toEqual([true, true])
})
