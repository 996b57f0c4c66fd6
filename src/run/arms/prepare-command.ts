import { type ShareHistory, shareHistory } from '../../arms/share-history.ts'
import { RecstreamError } from '../../errors.ts'
import type { Log } from '../../log/log.ts'
import type { Command } from '../../records/command.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { topicsOf } from '../../records/topics.ts'
import { nearest } from '../../settings/nearest.ts'
import { givenCommands } from './given-commands.ts'

/** What is wanted of the arms. */
export type Wanted = Pick<Command, 'kind' | 'shares' | 'arm'>

/** Part of the users, of 1, by arm. */
export type Shares = Readonly<Record<string, number>>

/**
 * The shares that a command leads to once it is taken in; CONFIG_INVALID where it does not fit the pipeline's arms, or there is
 * nothing to undo.
 *
 *     await sharesAfter({ kind: 'promote', shares: {}, arm: 'ddpg-la' }, definition, log)   // { myopic: 0, 'ddpg-la': 1 }
 */
export async function sharesAfter(wanted: Wanted, definition: PipelineDefinition, log: Log): Promise<Shares> {
  checkArms(wanted, definition)
  const history = shareHistory(definition.arms)
  for (const before of await givenCommands(log, topicsOf(definition.name).commands)) history.apply(before)
  if (!history.apply(wanted)) {
    throw invalid(`There is no command to undo; ${sharesText(sharesOf(history))}, as it began.`)
  }
  return sharesOf(history)
}

/** The shares as a definition has them and commands have changed them. */
export function sharesFrom({ arms }: Pick<PipelineDefinition, 'arms'>, commands: readonly Command[]): Shares {
  const history = shareHistory(arms)
  for (const command of commands) history.apply(command)
  return sharesOf(history)
}

function sharesOf({ shares }: ShareHistory): Shares {
  const total = shares.reduce((sum, { share }) => sum + share, 0)
  return Object.fromEntries(shares.map(({ name, share }) => [name, share / total]))
}

/** 'a gets 20%, b 80% of the users' */
export function sharesText(shares: Shares): string {
  const parts = Object.entries(shares).map(([name, share], k) => {
    return `${name}${k === 0 ? ' gets' : ''} ${Number((100 * share).toPrecision(3))}%`
  })
  return `${parts.join(', ')} of the users`
}

export function checkArms({ kind, shares, arm }: Wanted, { name: pipeline, arms }: PipelineDefinition): void {
  const names = arms.map(({ name }) => name)
  if (names.length === 1) {
    throw invalid(
      `${pipeline} has one arm, ${names[0]}; name others in its definition (arms: [{ name, policy, share }, …]).`,
    )
  }
  for (const given of kind === 'promote' ? [arm ?? ''] : Object.keys(shares)) {
    if (names.includes(given)) continue
    throw invalid(
      `${pipeline} has no arm "${given}"; did you mean ${nearest(given, names, 1)[0]}? Its arms are ${names.join(', ')}.`,
    )
  }
  const missing = kind === 'shares' ? names.filter(name => !Object.hasOwn(shares, name)) : []
  if (missing.length > 0) {
    throw invalid(`Say what every arm gets, 0 where nothing: ${missing.map(name => `${name}=…`).join(' ')} is missing.`)
  }
  if (kind === 'shares' && names.every(name => shares[name] === 0)) {
    throw invalid('One arm at least must get something; give a share above 0.')
  }
}

function invalid(message: string): RecstreamError {
  return new RecstreamError('CONFIG_INVALID', message)
}
