import { type KnownAgent, knownAgents } from '../../../src/agents/known-agents.ts'
import { useText } from '../../../src/agents/option-use.ts'
import { allowedText } from '../../../src/settings/check.ts'
import { type Field, flat } from '../../../src/settings/field.ts'
import { cell, shown } from './settings.ts'

/** The page of agents' options: of each agent what can be set, and what `tune` searches of it. */
export function agentOptionsPage(): string {
  return `# Agents' options

What can be set of the agents that plan: in an arm's \`options\`, as \`--policies dqn:gamma=0.9\` or \`--set dqn.gamma=0.9\` of \`recstream
simulate\`, and as \`--option\` and \`--space\` of \`recstream tune\`, which searches what stands under "Searched" where nothing else is said
([tuning](../guide/tune.md)). An option with a dot may also be given in its group: \`{ epsilon: { to: 0.1 } }\`. \`npx recstream settings dqn\` lists
them.

${Object.entries(knownAgents)
  .map(([name, agent]) => section(name, agent))
  .join('\n')}`
}

function section(name: string, { about, options, byAction = {} }: KnownAgent): string {
  const rows = flat(options).map(
    ([path, field]) =>
      `| \`${path}\` | ${shown(field)} | ${allowedText(field)} | ${field.unit} | ${searched(field)} | ${cell([field.about, ...useText(field)].join('; '))} |`,
  )
  const table = `| Option | Default | Allowed | Unit | Searched | What it is |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`
  return `## ${name}\n\n${about[0]!.toUpperCase()}${about.slice(1)}.\n\n${rows.length === 0 ? 'It has no options.\n' : table}${otherDefaults(byAction)}`
}

function otherDefaults(byAction: NonNullable<KnownAgent['byAction']>): string {
  return Object.entries(byAction)
    .map(([action, others]) => {
      const values = Object.entries(others).map(([name, value]) => `\`${name}\` ${value}`)
      return `\nWith \`action=${action}\` the defaults are otherwise: ${values.join(', ')}.\n`
    })
    .join('')
}

function searched({ search, log }: Field): string {
  if (search === undefined) return ''
  return 'min' in search ? `${search.min} … ${search.max}${log ? ', by factors' : ''}` : search.join(', ')
}
