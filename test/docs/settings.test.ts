import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import { type Setting, settings } from '../../src/pipeline/settings.ts'

const page = readFileSync(join(packageRoot(), 'docs', 'reference', 'settings.md'), 'utf8')
const defaults = definePipeline({
  name: 'defaults',
  behaviours: ['view'],
  scale: { kind: 'watch', positiveFrom: 0.5 },
  reward: () => 0,
})

function row(setting: Setting): string {
  let value: unknown = defaults
  for (const step of setting.path.split('.')) value = (value as Record<string, unknown> | undefined)?.[step]
  const allowed =
    'min' in setting ? `${setting.min} … ${setting.max}` : 'of' in setting ? setting.of.join(', ') : 'or never'
  const shown = value === undefined ? 'never' : `\`${value}\``
  return `| \`${setting.path}\` | ${shown} | ${setting.unit} | ${allowed} | ${setting.about} |`
}

test('the page of settings has every setting with its default, unit and range', () => {
  const missing = settings.map(row).filter(line => !page.includes(line))
  expect(missing.join('\n')).toBe('')
})
