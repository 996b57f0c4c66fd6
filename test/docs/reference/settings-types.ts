import { type Field, type Fields, flat, isField } from '../../../src/settings/field.ts'
import { aboutGroup, general, groups } from '../../../src/settings/settings.ts'

const names: Readonly<Record<keyof typeof groups, string>> = {
  clean: 'CleanSettings',
  window: 'WindowSettings',
  learn: 'LearnSettings',
  recommend: 'RecommendSettings',
  plan: 'PlanSettings',
  guard: 'GuardSettings',
  schedule: 'Schedule',
}

/** The file of the settings' types, so that editors show of each what it is, its default and what is allowed. */
export function settingsTypes(): string {
  const interfaces = Object.entries(groups).map(([name, fields]) => {
    const group = name as keyof typeof groups
    return `/** ${aboutGroup[group]}. */\n${interfaceText(names[group], fields)}`
  })
  return `// Made from the settings by \`npm run docs\`; a test holds it equal to them.

/** Settings that stand in no group. */
${interfaceText('GeneralSettings', general)}
${interfaces.join('\n')}`
}

const interfaceText = (name: string, fields: Fields) => `export interface ${name} {\n${members(fields, '  ')}}\n`

function members(fields: Fields, indent: string): string {
  return Object.entries(fields)
    .map(([name, part]) => {
      if (isField(part)) {
        const never = part.type === 'cron' && part.default !== undefined ? '?' : ''
        return `${indent}/** ${docOf(part)} */\n${indent}${name}${never}: ${typeOf(part)}\n`
      }
      // A group without a default is given whole or not at all.
      const none = flat(part).every(([, field]) => field.default === undefined) ? '?' : ''
      return `${indent}${name}${none}: {\n${members(part, `${indent}  `)}${indent}}\n`
    })
    .join('')
}

function typeOf(field: Field): string {
  if (field.type === 'choice') return field.of.map(each => `'${each}'`).join(' | ')
  return field.type === 'cron' ? 'string' : 'number'
}

function docOf(field: Field): string {
  const { about, default: standard } = field
  const sentence = `${about[0]!.toUpperCase()}${about.slice(1)}.`
  const shown = standard === undefined ? [] : [`default ${text(standard)}`]
  const bounds = 'min' in field ? [`from ${text(field.min)} to ${text(field.max)} (${field.unit})`] : []
  const rest = [...shown, ...bounds].join(', ')
  // A cron expression may hold what ends a comment.
  if (rest === '' || field.type === 'cron') return sentence
  return `${sentence} ${rest[0]!.toUpperCase()}${rest.slice(1)}.`
}

const text = (value: unknown) =>
  typeof value === 'number' && value >= 10_000 ? value.toLocaleString('en-US') : String(value)
