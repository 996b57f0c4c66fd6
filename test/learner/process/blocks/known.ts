import type { Log, OutgoingRecord } from '../../../../src/log/log.ts'
import type { InterestBlock } from '../../../../src/records/interest-block.ts'
import { type Atom, blockOfAtoms, met } from './atoms.ts'
import { partRecord } from './parts.ts'

export async function put(log: Log, topic: string, ...records: OutgoingRecord[]): Promise<void> {
  const producer = await log.producer('test')
  await producer.append(topic, records)
  await producer.close()
}

/** Atoms [from, to) of a part as a record of its own. */
export function cut(atoms: readonly Atom[], part: number, from: number, to: number): OutgoingRecord {
  const before = { row: 0, change: 0 }
  for (const atom of atoms.slice(0, from)) {
    if ('row' in atom) before.row = atom.row
    else before.change = atom.change
  }
  return partRecord(blockOfAtoms(atoms.slice(from, to), part), { part, before })
}

/** What a learner has met, which passes over what it knows. */
export class Known {
  row = 0
  change = 0
  readonly texts: string[] = []

  take(blocks: readonly (InterestBlock | null)[]): void {
    for (const text of met(blocks.filter(block => block !== null))) {
      const [, kind, number] = /^(row|change) (\d+)/.exec(text) as unknown as [string, 'row' | 'change', string]
      if (Number(number) <= this[kind]) continue
      this[kind] = Number(number)
      this.texts.push(text)
    }
  }

  copy(): Known {
    const copy = new Known()
    Object.assign(copy, { row: this.row, change: this.change })
    copy.texts.push(...this.texts)
    return copy
  }
}
