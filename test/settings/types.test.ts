import { expect, test } from 'vitest'
import { settingsTypes } from '../docs/reference/settings-types.ts'

test('the types of settings are what the settings say', async () => {
  await expect(settingsTypes()).toMatchFileSnapshot('../../src/settings/types.ts')
})
