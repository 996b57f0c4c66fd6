import { afterAll, expect, test } from 'vitest'
import { temporaryFolder } from '../warehouse/fixtures.ts'
import { agentOptionsPage } from './reference/agent-options.ts'
import { behavioursPage } from './reference/behaviours.ts'
import { cliPage } from './reference/cli.ts'
import { httpPage } from './reference/http.ts'
import { schemasPage } from './reference/schemas.ts'
import { settingsPage } from './reference/settings.ts'
import { sqlPage } from './reference/sql.ts'
import { topicsPage, unshownRules } from './reference/topics.ts'

// Pages that are made from the code. `npm run docs` writes them; here they must be equal.

const folder = temporaryFolder()
afterAll(() => folder.remove())

const page = (name: string) => `../../docs/reference/${name}.md`

test('the page of the command line is what --help says', async () => {
  await expect(await cliPage()).toMatchFileSnapshot(page('cli'))
})

test('the page of settings is what the settings say', async () => {
  await expect(settingsPage()).toMatchFileSnapshot(page('settings'))
})

test("the page of agents' options is what their fields say", async () => {
  await expect(agentOptionsPage()).toMatchFileSnapshot(page('agent-options'))
})

test('the page of tables and macros is what the warehouse says', async () => {
  const warehouse = await folder.open()
  const snapshot = await warehouse.snapshot()
  await warehouse.close()
  await expect(await sqlPage(snapshot)).toMatchFileSnapshot(page('sql'))
})

test('the page of behaviours is what their names suggest', async () => {
  await expect(behavioursPage()).toMatchFileSnapshot(page('behaviours'))
})

test('the page of schemas is what their files say', async () => {
  await expect(schemasPage()).toMatchFileSnapshot(page('schemas'))
})

test('the page of HTTP is what the service’s document says', async () => {
  await expect(httpPage()).toMatchFileSnapshot(page('http'))
})

test('the page of topics is what their rules say, and leaves none out', async () => {
  expect(unshownRules).toEqual([])
  await expect(topicsPage()).toMatchFileSnapshot(page('topics'))
})
