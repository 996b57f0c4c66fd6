import { optionsOf, uselessOnLogs } from '../agents/known-agents.ts'
import type { GivenOptions } from '../agents/options.ts'
import { RecstreamError } from '../errors.ts'
import type { PipelineDefinition, PlanningPolicy } from '../records/definition.ts'
import { shown } from '../settings/check.ts'
import { armPolicies } from './defaults.ts'

/** What is wrong with the arms of a pipeline, as a sentence; null when all is well. */
export function armsProblem({ name: pipeline, arms }: Pick<PipelineDefinition, 'name' | 'arms'>): string | null {
  if (!Array.isArray(arms) || arms.length === 0) {
    return `The arms of ${pipeline} must be a list such as [{ name: 'all', policy: 'champion', share: 1 }].`
  }
  const names = new Set<string>()
  for (const arm of arms) {
    const { name, policy, share, options } = arm ?? {}
    if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9.-]{0,99}$/.test(name)) {
      return `The name of an arm of ${pipeline} must be 1 to 100 lower-case letters, digits, dots and dashes, not ${shown(name)}.`
    }
    if (names.has(name)) return `Two arms of ${pipeline} have the name ${name}; an arm is known by its name.`
    names.add(name)
    const unknown = Object.keys(arm).find(key => !['name', 'policy', 'share', 'options'].includes(key))
    if (unknown !== undefined) return `The arm ${name} of ${pipeline} has no setting "${unknown}".`
    if (!armPolicies.includes(policy)) {
      return `The policy of the arm ${name} of ${pipeline} must be one of ${armPolicies.join(', ')}, not ${shown(policy)}.`
    }
    if (!(Number.isFinite(share) && share >= 0)) {
      return `The share of the arm ${name} of ${pipeline} must be a number from 0, not ${shown(share)}.`
    }
    if (options !== undefined && (typeof options !== 'object' || options === null || Array.isArray(options))) {
      return `The options of the arm ${name} of ${pipeline} must be an object.`
    }
    if (policy === 'champion' && options !== undefined) {
      return `The arm ${name} of ${pipeline} has options; the champion takes none (what is under learn and recommend is for it).`
    }
    const wrong = policy === 'champion' || options === undefined ? null : optionsProblem(policy, options)
    if (wrong !== null) return `The arm ${name} of ${pipeline} cannot be: ${wrong}`
  }
  const total = arms.reduce((sum, { share }) => sum + share, 0)
  return total > 0 ? null : `The shares of the arms of ${pipeline} must come to more than 0.`
}

function optionsProblem(policy: PlanningPolicy, options: GivenOptions): string | null {
  try {
    optionsOf(policy, options)
    return uselessOnLogs(policy, options)
  } catch (error) {
    if (error instanceof RecstreamError) return error.message
    throw error
  }
}
