import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { chromiumPath, openBrowser, openPage, settled, showView, violations } from '../page/browser.ts'
import { type Command, killAll, recstream, root, until } from '../promises/command.ts'
import { ownPipeline } from '../promises/own-pipeline.ts'
import { addressOf } from '../promises/served-shop.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-page-'))
const data = join(folder, 'data')
const pictures = join(root, '.screenshots')

describe.skipIf(chromiumPath === null)('each view of a pipeline that runs', () => {
  let running: Command
  let browser: Browser
  let url = ''
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true })
    const source = ['--source', 'events=1200,users=40,items=60,seed=1']
    const settings = ['learn.checkpointEvery=100', 'arms=myopic=0.5,ddpg-la=0.5'].flatMap(each => ['--set', each])
    const pipeline = ownPipeline(folder, 'shown', 'generated')
    running = recstream(['start', pipeline, ...source, '--data', data, '--http', '0', ...settings])
    url = await addressOf(running)
    await addWrong()
    await until('events to be learned from', async () => {
      const status = (await (await fetch(`${url}/v1/status`)).json()) as {
        learner: { position: number } | null
        tables: { rejected: Record<string, number>; recommendations: number } | null
      }
      const { learner, tables } = status
      return (
        (learner?.position ?? 0) > 1_100 && (tables?.recommendations ?? 0) > 0 && (tables?.rejected['invalid'] ?? 0) > 0
      )
    })
    browser = await openBrowser()
    ;({ page, complaints } = await openPage(browser, url))
  })
  afterAll(async () => {
    await browser?.close()
    if (running !== undefined) killAll(running)
    rmSync(folder, { recursive: true, force: true })
  })

  /** Records that no service would let in. */
  async function addWrong(): Promise<void> {
    const log = await openEmbeddedLog({ folder: layoutOf(data, 'shown').log })
    const producer = await log.producer('test')
    const texts = ['{"userId":7}', 'no JSON', '{"userId":"<b>ann</b>","itemId":"i","behaviour":"veiw","time":1}']
    const records = texts.map(text => ({ key: 'ann', value: Buffer.from(text), timestamp: Date.now() }))
    await producer.append('shown.behaviour-events', records)
    await producer.close()
    await log.close()
  }

  const main = () => page.locator('main')
  const text = () => main().textContent()

  test('what flows', async () => {
    await showView(page, '#/flows')
    await page.locator('.plot canvas').waitFor()
    expect(await text()).toMatch(/Events kept1,\d{3}/)
    expect(await text()).toContain('shown.behaviour-events/0')
    expect(await page.locator('.plot canvas').count()).toBe(1)
  })

  test('what is served, and how well, with intervals', async () => {
    await showView(page, '#/served')
    const live = page.getByRole('table', { name: /How often what people went for/ })
    expect(await live.textContent()).toMatch(/myopic.*\d% \(\d.*to/)
    expect(await page.locator('.plot canvas').count()).toBe(2)
    await page.getByText('The same as a table').first().click()
    expect(await page.locator('figure table').first().textContent()).toContain('version')
  })

  test('a person’s story, and a list asked for now', async () => {
    await showView(page, '#/people')
    await page.locator('table a').first().click()
    await main().getByText('The short window').waitFor()
    await settled(page)
    await page.getByRole('button', { name: 'Ask for a list now' }).click()
    const asked = page.getByRole('table', { name: /Asked now/ })
    await asked.waitFor()
    await asked.getByText('In numbers').first().click()
    expect(await text()).toContain('The newest list')
  })

  test('an item’s story, and whether rules hide it', async () => {
    await showView(page, '#/items')
    await page.locator('table a').first().click()
    await main().getByText('What follows it').waitFor()
    await page.getByLabel('From this user').fill('somebody')
    await page.keyboard.press('Enter')
    await main()
      .getByText(/Its score for them is/)
      .waitFor()
    expect(await text()).toContain('Items like it')
  })

  test('how the weights of an arm’s index moved over versions', async () => {
    await showView(page, '#/models')
    const figure = page.locator('figure', { hasText: 'What each feature of an item counts where ddpg-la ranks' })
    await figure.locator('.plot canvas').waitFor()
    await figure.getByText('The same as a table').click()
    const table = await figure.locator('table').textContent()
    expect(table).toMatch(/version.*rating.*popularity.*fatigue.*quick fatigue.*slow fatigue.*interest.*newness/)
    expect(table).toMatch(/1001\.000/)
    expect(table).not.toContain('serves')
  })

  test('versions are compared, and shares changed and rolled back', async () => {
    await showView(page, '#/models')
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.getByRole('table', { name: /each score is over all events/ }).waitFor()
    await page.getByLabel('Share of myopic, %').fill('80')
    await page.getByRole('button', { name: 'Change shares' }).click()
    await page.getByRole('button', { name: 'Change the shares' }).click()
    await main()
      .getByText(/Given\..*myopic 61\.5%/)
      .waitFor()
    await page.getByRole('button', { name: 'Roll back the newest command' }).click()
    await page.getByRole('button', { name: 'Roll back', exact: true }).click()
    await main()
      .getByText(/Given\..*myopic 50\.0%/)
      .waitFor()
  })

  test('a model is rolled back to a version before', async () => {
    await showView(page, '#/models')
    await page.getByRole('button', { name: 'Roll back the model' }).click()
    await page.getByRole('button', { name: 'Roll back', exact: true }).click()
    const told = page.getByRole('region', { name: 'Roll back' })
    await told.getByText(/Given\. The learner takes it in/).waitFor()
  })

  test('dead letters, with what would be sent again', async () => {
    await showView(page, '#/dead-letters')
    expect(await text()).toContain('unknown-behaviour')
    await page.getByRole('button', { name: 'Show what would be sent' }).click()
    await page.getByRole('table', { name: 'What would be sent again' }).waitFor()
    await page.getByRole('button', { name: 'Send them again …' }).click()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await main().getByText('Nothing was sent.').waitFor()
  })

  test('SQL with a table and a plot, and what is wrong with it', async () => {
    await showView(page, '#/sql')
    const field = page.getByLabel(/Statements that only read/)
    await field.fill('select nothing from events')
    await field.press('Control+Enter')
    await main()
      .getByText(/Referenced column "nothing" not found/)
      .waitFor()
    await field.fill("select range as n, range * range as square, '<b>bold</b>' as words from range(20)")
    await page.getByRole('button', { name: 'Run' }).click()
    await main().getByText('20 rows').waitFor()
    expect(await text()).toContain('<b>bold</b>')
    await page.getByLabel('Plot').selectOption('square')
    await page.getByLabel('by', { exact: true }).selectOption('n')
    await page.getByRole('button', { name: 'Draw' }).click()
    await page.locator('figcaption', { hasText: 'square by n' }).waitFor()
  })

  test.each([
    ['light', 1_440],
    ['dark', 1_440],
    ['light', 375],
    ['dark', 375],
  ] as const)('no view has a fault that a checker finds: %s, %i px wide', async (colorScheme, width) => {
    const { page, complaints } = await openPage(browser, url, { colorScheme, width })
    await showView(page, '#/people')
    const person = await page.locator('table a').first().getAttribute('href')
    await showView(page, '#/items')
    const item = await page.locator('table a').first().getAttribute('href')
    const hashes = ['#/flows', '#/served', '#/people', person!, item!, '#/models', '#/dead-letters', '#/sql']
    for (const [k, hash] of hashes.entries()) {
      await showView(page, hash)
      if (hash === '#/flows') await page.locator('.plot canvas').waitFor()
      if (hash === '#/sql') await answered(page)
      const name = `${k + 1}-${hash.split('/')[1]}-${colorScheme}-${width}`
      await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
      expect([hash, await violations(page)]).toEqual([hash, []])
      const wider = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      expect([hash, wider > 0]).toEqual([hash, false])
    }
    expect(complaints).toEqual([])
  })

  async function answered(page: Page): Promise<void> {
    await page.getByLabel(/Statements that only read/).fill('select range as n, range * range as square from range(20)')
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByRole('button', { name: 'Draw' }).click()
    await page.locator('.plot canvas').waitFor()
  }

  test('a browser has nothing to complain of', () => {
    expect(complaints).toEqual([])
  })
})
