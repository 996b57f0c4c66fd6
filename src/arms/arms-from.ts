import { RecstreamError } from '../errors.ts'
import type { Arm, PipelineDefinition } from '../records/definition.ts'
import { armsProblem } from './arms-problem.ts'
import { armPolicies } from './defaults.ts'

/**
 * Arms as the command line gives them: names with shares, each an arm of the definition or the name of a policy.
 *
 *     armsFrom(simulated, 'myopic=0.5,ddpg-la=0.5')   // [{ name: 'myopic', policy: 'myopic', share: 0.5 }, …]
 *
 * An arm of the definition keeps its policy and options. Anything else is CONFIG_INVALID.
 */
export function armsFrom(definition: Pick<PipelineDefinition, 'name' | 'arms'>, text: unknown): Arm[] {
  const arms = String(text)
    .split(',')
    .map(each => {
      const [name = '', share = ''] = each.split('=').map(part => part.trim())
      const known = definition.arms.find(arm => arm.name === name)
      const policy = known?.policy ?? armPolicies.find(each => each === name)
      if (policy === undefined) {
        const names = [...new Set([...definition.arms.map(arm => arm.name), ...armPolicies])]
        throw invalid(`There is no arm or policy "${name}"; give some of ${names.join(', ')}, as ${usual}.`)
      }
      if (share === '') throw invalid(`The arm ${name} has no share; give arms as ${usual}.`)
      return { ...known, name, policy, share: Number(share) }
    })
  const problem = armsProblem({ name: definition.name, arms })
  if (problem !== null) throw invalid(problem)
  return arms
}

const usual = 'myopic=0.5,ddpg-la=0.5'

const invalid = (sentence: string) => new RecstreamError('CONFIG_INVALID', sentence)
