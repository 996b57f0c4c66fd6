import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Owner } from '../log/kafka/owner.ts'
import { ingestName, onlyPart, type Part } from '../records/part.ts'
import { topicsOf } from '../records/topics.ts'
import type { Layout } from './layout.ts'
import type { Assignment, Role } from './messages.ts'

/** The run that this process begins now. */
export function newRun(): Assignment['run'] {
  return { id: randomUUID(), process: process.pid, since: new Date().toISOString() }
}

/**
 * Who works on a pipeline's log in a role, so that another run can say by whom it was shut out.
 *
 * It is written beside a position that a group tells anyway: lag tools see no group or topic more.
 */
export function ownerOf(
  pipeline: string,
  layout: Layout,
  {
    role,
    run,
    held,
    standby,
    part = onlyPart,
  }: Pick<Assignment, 'run' | 'held' | 'standby'> & { role: Exclude<Role, 'serve' | 'follow'>; part?: Part },
  onHeld: () => void = () => {},
): Owner {
  const { behaviourEvents, items, interestSequences } = topicsOf(pipeline)
  const place = {
    ingest: { producer: ingestName(pipeline, part), group: ingestName(pipeline, part), topic: behaviourEvents },
    // Imports tell no positions of their own: a topic that ingest tells of, and writes no words beside.
    import: { producer: `${pipeline}.import`, group: `${pipeline}.ingest`, topic: items },
    learn: { producer: `${pipeline}.learn`, group: `${pipeline}.learn`, topic: interestSequences },
  }[role]
  const words = { run: run.id, host: hostname(), process: run.process, folder: layout.root, since: run.since }
  return { ...place, partition: part.part, held, ...words, onHeld, ...(standby ? { standby: true } : {}) }
}
