import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, chromium, type Page } from 'playwright-core'
import { until } from '../promises/command.ts'

const places = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where a Chromium is; null where there is none, and nothing downloads one. */
export const chromiumPath = places.find(place => place !== undefined && existsSync(place)) ?? null
if (chromiumPath === null) {
  console.warn('The page is not tried: there is no Chromium; install the package chromium, or name one in CHROMIUM.')
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

/** A page in a browser, with all that it complained of. */
export async function openPage(
  browser: Browser,
  url: string,
  options: { colorScheme?: 'light' | 'dark'; width?: number } = {},
): Promise<{ page: Page; complaints: string[] }> {
  const { colorScheme = 'light', width = 1_440 } = options
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('console', message => {
    // Chromium also says which requests were answered with a status above 400, which is told in the page.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text())
  })
  await page.goto(url)
  return { page, complaints }
}

/** Go to a view and wait until it is there. */
export async function showView(page: Page, hash: string): Promise<void> {
  // Texts are run in the page, whose types are not those of Node.
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`)
  await page.locator(`#content[data-shown=${JSON.stringify(hash)}]`).waitFor()
  await settled(page)
}

export async function settled(page: Page): Promise<void> {
  await until('all that was asked', async () => (await page.locator('[aria-busy]').count()) === 0)
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What a checker of accessibility finds wrong. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const found = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>('axe.run()')
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)
}
