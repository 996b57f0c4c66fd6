import { setTimeout as delay } from 'node:timers/promises'
import { createSchemaRegistry } from '../../codec/registry.ts'
import { forgetPeople } from '../../ingest/forget/forget-people.ts'
import { forgetTogether } from '../../ingest/forget/forget-together.ts'
import { readForgotten } from '../../ingest/forget/read-forgotten.ts'
import { Ingest } from '../../ingest/ingest.ts'
import { forgetPositions } from '../../ingest/start-positions.ts'
import { unjoinedWords } from '../../ingest/unjoined-words.ts'
import { remadeTopic } from '../../log/names.ts'
import { faultSentences } from '../../log/topic-faults.ts'
import { ingestMetrics } from '../../metrics/ingest-metrics.ts'
import { lagMetric } from '../../metrics/lag.ts'
import { processMetrics, sentMetrics } from '../../metrics/process-metrics.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { type ForgetCommand, Forgotten } from '../../records/forgotten.ts'
import type { Part } from '../../records/part.ts'
import { type Topics, topicNames, topicSpecs, topicsOf } from '../../records/topics.ts'
import { openWarehouse, replaceWarehouse } from '../../warehouse/open-warehouse.ts'
import { bindTopics, noteTopics } from '../bind-topics.ts'
import { clearNotes } from '../clear-notes.ts'
import { serveControl } from '../control.ts'
import { checkForgetKey, forgetKey, forgetKeyVariable } from '../forget-key.ts'
import { layoutOf, layoutOfPart } from '../layout.ts'
import type { Assignment, IngestTotals } from '../messages.ts'
import { openLog } from '../open-log.ts'
import { ownerOf } from '../owner.ts'
import { Pace } from '../pace.ts'
import { pipelineCommand } from '../pipeline-command.ts'
import { processorTime } from '../processor-time.ts'
import { receiptOf, writeReceipt } from '../receipts.ts'
import { recentRate } from '../recent-rate.ts'
import { scheduled } from '../schedule.ts'
import { youngCopy } from '../young-copy.ts'
import { awaitLog } from './await-log.ts'
import { lagReport } from './lag-report.ts'
import type { ProcessLink } from './process-link.ts'

const dayMs = 86_400_000

/** Ingest the events of a part into its warehouse and publish interest sequences until asked to stop; owns that warehouse. */
export async function runPart(
  definition: PipelineDefinition,
  part: Part,
  assignment: Assignment,
  link: ProcessLink,
): Promise<void> {
  const layout = layoutOfPart(layoutOf(assignment.data, definition.name), part)
  // The file's lock first: a second process on this folder is refused before it can fence the first.
  const notice = (message: string) => link.say({ type: 'notice', message })
  const warehouseOptions = {
    file: layout.warehouse,
    snapshots: layout.snapshots,
    archive: layout.archive,
    shortLength: definition.window.shortLength,
    botWindowMs: definition.clean.botWindowMs,
    pipeline: definition.name,
    onSetAside: notice,
  }
  let warehouse = await openWarehouse(warehouseOptions)
  const owner = ownerOf(definition.name, layout, { ...assignment, role: 'ingest', part }, () =>
    link.say({ type: 'held' }),
  )
  const onWaiting = (reason: string | null) => link.waiting(reason)
  const log = await awaitLog(
    () => openLog(assignment.connection, layout, { owner, onNotice: notice, onWaiting }),
    onWaiting,
  )
  const doubtful = await log.ensureTopics(
    topicSpecs(definition.name, definition.partitions, definition.topicRetention, definition.parts),
  )
  if (doubtful.length > 0) {
    const how = `${pipelineCommand('topics', assignment.pipeline, assignment)} shows what changes it`
    notice(`Topics may not be as they are meant. ${faultSentences(doubtful).join(' ')} ${how}.`)
  }
  const topics = topicsOf(definition.name)
  const names = topicNames(definition.name, definition.parts)
  const ids = await log.topicIds(names)
  for (const topic of bindTopics(layout, topics, ids)) {
    await forgetPositions(log, warehouse, topic)
    noteTopics(layout, new Map([[topic, ids.get(topic)!]]))
    notice(`The topic ${topic} was deleted and made again: going on with the new one.`)
  }
  if (!(await warehouse.isOf(sourceIds(topics, ids)))) {
    warehouse = await replaceWarehouse(warehouse, warehouseOptions)
    await warehouse.isOf(sourceIds(topics, ids))
  }
  const { registry } = assignment.connection
  const given = registry === undefined ? {} : { registry: createSchemaRegistry(registry) }
  const forgotten = new Forgotten(() => forgetKey(layout))
  const onForgotten = async (command: ForgetCommand) => {
    const until = Object.entries(command.forget.until).filter(([place]) => place.startsWith(topics.behaviourEvents))
    const left = log.kind === 'kafka' ? Object.fromEntries(until) : {}
    writeReceipt(layout, receiptOf(command, { pipeline: definition.name, now: Date.now(), left }))
  }
  const forget = async (isSettled: boolean) => {
    await checkForgetKey(forgotten, { layout, log })
    await forgetPeople({
      ...{ definition, part, log, warehouse, forgotten, isSettled, ...given, onForgotten },
      clearNotes: (find, what) => clearNotes(layout, find, what),
    })
  }
  /** The first of several parts says for all how far forgetting has come. */
  const saysForAll = part.of > 1 && part.part === 0
  let othersWait: string | null = null
  const refused = new Set<string>()
  let waited: string | null = null
  await readForgotten(log, topics.commands, forgotten)
  await forget(false)
  const openIngest = () =>
    Ingest.open({
      ...{ forgotten, definition, part, log, warehouse },
      clock: () => performance.now(),
      ...given,
      ...(assignment.skipLost ? { onLost: notice } : {}),
      onUnreadable: record => link.passedOver(record),
      onWaiting: notice,
      onNotice: (message, about) =>
        notice(
          about === 'events'
            ? message
            : `${message} See ${pipelineCommand('dead-letters', definition.name, assignment)}.`,
        ),
      onRebuild: notice,
    })
  let ingest = await openIngest()
  // Recovery may have taken long: what is read from now on must be the topics that were looked at.
  const [changed] = bindTopics(layout, topics, await log.topicIds(names))
  if (changed !== undefined) throw remadeTopic(changed)
  const givenElsewhere = () => forgotten.underOtherKeys.filter(({ forget }) => forget.stage === 'given')
  const underOtherKey = `it was given under another key; give it again with ${layout.forgetKey}, or ${forgetKeyVariable}`
  const forgetWaits = () => ingest.forgetWaits ?? othersWait ?? (givenElsewhere().length > 0 ? underOtherKey : null)
  const inputPositions = async () => {
    const read = [topics.behaviourEvents, topics.userProfiles, topics.items]
    return (await warehouse.positions()).filter(({ topic }) => read.includes(topic))
  }
  const totals = async (): Promise<IngestTotals> => {
    const { events, rejected, recommendations } = await warehouse.totals(topics.behaviourEvents)
    const unjoined = unjoinedWords(await warehouse.unjoined(), await ingest.loaded())
    return { eventsKept: events, rejected, recommendations, unjoined }
  }
  const ownMetrics = processMetrics(part.of === 1 ? 'ingest' : `ingest-${part.part}`, assignment)
  lagMetric(ownMetrics, {
    ...{ name: 'recstream_ingest_lag_records', help: 'Records of each partition that are not read yet.', log },
    positions: inputPositions,
  })
  const rate = recentRate(5_000)
  let perSecond = 0
  const copy = youngCopy(
    async () => {
      await ingest.settled()
      return warehouse.snapshot()
    },
    () => performance.now(),
  )
  const control = await serveControl(layout.control, {
    snapshot: async () => ({ path: await copy() }),
    metrics: () => sentMetrics(ownMetrics),
    decided: async () => ingest.decided,
    status: async () => ({
      ...{ pipeline: definition.name, log: log.kind, forgetWaits: forgetWaits(), perSecond },
      ...{ ...ingest.progress, ...(await totals()), positions: await warehouse.positions() },
    }),
  })
  link.say({ type: 'ready', detail: log.kind })
  const stepped = ingestMetrics(ownMetrics)
  const progress = () => {
    perSecond = rate(ingest.progress.eventsRead, performance.now())
    return { type: 'ingested' as const, ...ingest.progress, stageTimes: ingest.stageTimes }
  }
  // Where this run begins.
  link.say(progress())

  /** Work that the schedule asks for, between batches; a failure is reported, and holds nothing else up. */
  const failing = new Set<string>()
  const upkeep = async (what: string, work: () => Promise<unknown>) => {
    await ingest.settled()
    try {
      await work()
      failing.delete(what)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      // Said again when it has worked meanwhile.
      if (!failing.has(what))
        notice(`The ${what} that the schedule asks for failed, and is tried again when it is due: ${reason}`)
      failing.add(what)
    }
  }

  const { schedule } = definition
  const snapshotDue = scheduled(schedule.snapshot)
  const compactionDue = scheduled(schedule.compaction)
  const retentionDue = scheduled(schedule.retention?.cron)
  const lag = lagReport(log, owner.group, inputPositions, notice)
  const pace = new Pace()
  while (!link.stopped.aborted) {
    const { eventsRead } = ingest.progress
    const busy = await ingest.step(50)
    stepped(ingest)
    const rest = pace.rest(processorTime, performance.now(), ingest.progress.eventsRead - eventsRead)
    if (busy && rest > 0) await delay(rest)
    for (const { commandId } of givenElsewhere()) {
      if (!refused.has(commandId)) notice(`The command ${commandId} to forget somebody waits: ${underOtherKey}.`)
      refused.add(commandId)
    }
    const waits = ingest.forgetWaits
    if (waits !== null && waits !== waited) notice(`Forgetting somebody waits: ${waits}.`)
    waited = waits
    if (ingest.mustForget) {
      // What stands in memory of a person goes with it; the tables bring back all else.
      await ingest.close()
      await forget(true)
      ingest = await openIngest()
    }
    if (saysForAll) othersWait = await forgetTogether({ definition, log, forgotten, part, onForgotten })
    lag.report(performance.now())
    link.report(performance.now(), progress)
    if (snapshotDue()) await upkeep('snapshot', () => warehouse.snapshot())
    if (compactionDue()) {
      await upkeep('compaction', async () => {
        for (const topic of [topics.userProfiles, topics.items, topics.modelVersions]) await log.compact?.(topic)
      })
    }
    if (retentionDue()) {
      await upkeep('retention', () => {
        const olderThan = Date.now() - schedule.retention!.olderThanDays * dayMs
        return warehouse.retire(olderThan, ingest.progress.publishedSequence)
      })
    }
    if (!busy && link.asked('drain') && (await ingest.drained())) {
      const { passedOver, rejected } = ingest.came
      const { sequence } = ingest.progress
      link.answered('drain', { type: 'drained', role: 'ingest', sequence, passedOver, rejected })
    }
    // Somebody may be forgotten by the learner alone by now.
    if (!busy && link.asked('land') && !forgotten.isPending && (await ingest.landed())) {
      link.answered('land', { type: 'landed', ...(await totals()) })
    }
  }
  await lag.stop()
  await control.close()
  await ingest.close()
  await log.close()
  await warehouse.close()
}

/** Ids of the topics without which rows and positions mean nothing, where the log gives any. */
function sourceIds(topics: Topics, ids: ReadonlyMap<string, string | null>): Map<string, string> {
  return new Map(
    [topics.behaviourEvents, topics.interestSequences].flatMap(topic => {
      const id = ids.get(topic) ?? null
      return id === null ? [] : [[topic, id]]
    }),
  )
}
