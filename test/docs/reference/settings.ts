import { parts } from '../../../src/pipeline/parts.ts'
import { allowedText } from '../../../src/settings/check.ts'
import type { Field } from '../../../src/settings/field.ts'
import { aboutGroup, type Setting, settings } from '../../../src/settings/settings.ts'

/** The page of settings: all that a definition can say, from its parts and the settings. */
export function settingsPage(): string {
  const groups = Object.entries(aboutGroup).map(([name, about]) => section(name, about))
  return `# Settings

A pipeline is described by the parts of its definition and by settings. A setting stands in the definition
(\`definePipeline({ …, learn: { seed: 7 } })\`) or is given to a command as \`--set learn.seed=7\`; so are arms, as
\`--set arms=myopic=0.5,ddpg-la=0.5\`. \`npx recstream settings\` lists them. What is not allowed is refused before anything runs, in a
sentence with what is. Options of agents: [agents' options](agent-options.md).

## Parts of a definition

The command line cannot change these.

| Part | Default | Type | What it is |
|---|---|---|---|
${Object.entries(parts)
  .map(
    ([path, { type, default: standard, about }]) =>
      `| \`${path}\` | ${standard ?? 'must be given'} | ${cell(type)} | ${cell(about)} |`,
  )
  .join('\n')}

## Without a group

${table(settings.filter(({ path }) => !path.includes('.')))}
${groups.join('\n')}
## What a checkpoint is bound to

A pipeline that has checkpoints goes on with the same learner only where these are as they were, for else its state would mean something
else or not fit (\`CHECKPOINT_MISMATCH\`): the scale and ${listed('always')}. ${listed('at least', ' and ')} may
be raised, not lowered. With agents in arms also the names, policies and options of
the arms (their shares may change) and ${listed('with agents')}.

The other settings may change between runs; what is learned from then on follows the new ones. The TensorFlow backend may change too,
but the weights then equal those of neither backend alone.

## Environment

\`RECSTREAM_DATA\` (data folder), \`RECSTREAM_BACKEND\` (\`native\` or \`wasm\`), \`RECSTREAM_SASL_PASSWORD\` and
\`RECSTREAM_REGISTRY_PASSWORD\` (or other names, given with \`--sasl-password-env\` and \`--registry-password-env\`). Secrets are taken from the environment
or from files (\`--sasl-password-file\`, \`--registry-password-file\`) only, and never printed: what stands on a command line can be read by everybody on the machine.
`
}

function section(name: string, about: string): string {
  return `## ${name}\n\n${about}.\n\n${table(settings.filter(({ path }) => path.startsWith(`${name}.`)))}`
}

function table(rows: readonly Setting[]): string {
  const lines = rows.map(
    setting =>
      `| \`${setting.path}\` | ${shown(setting)} | ${allowedText(setting)} | ${setting.unit} | ${cell(setting.about)} |`,
  )
  return `| Setting | Default | Allowed | Unit | What it is |\n|---|---|---|---|---|\n${lines.join('\n')}\n`
}

export const shown = ({ default: standard }: Field) => (standard === undefined ? 'none' : `\`${standard}\``)

const listed = (when: Setting['checkpoint'], between = ', ') =>
  settings
    .filter(each => each.checkpoint === when)
    .map(({ path }) => `\`${path}\``)
    .join(between)

export const cell = (text: string) => text.replaceAll('<', '&lt;').replaceAll('|', '\\|')
