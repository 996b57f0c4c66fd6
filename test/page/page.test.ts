import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tokensFrom } from '../../src/serve/tokens.ts'
import { type Running, running } from '../serve/fixture.ts'
import { chromiumPath, openBrowser, openPage, settled, showView } from './browser.ts'

const token = 'r'.repeat(32)
let http: Running
beforeAll(async () => {
  http = await running({ tables: true, tokens: tokensFrom(`read ${token}`, 'the test') })
})
afterAll(() => http.close())

test('the page and all that it needs come from this server, with nothing inline', async () => {
  const page = await fetch(`${http.url}/`)
  const text = await page.text()
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
  expect(text).not.toMatch(/<script(?![^>]*src=)|<style| style=| on\w+=|https?:\/\//)
  const needed = [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path!)
  expect(needed).toEqual(['/page/uplot.css', '/page/page.css', '/page/main.js'])
  for (const path of [...needed, '/page/uplot.js', '/page/views/sql.js']) {
    const { status, headers } = await fetch(http.url + path)
    expect([path, status, headers.get('x-content-type-options')]).toEqual([path, 200, 'nosniff'])
    const again = await fetch(http.url + path, { headers: { 'if-none-match': headers.get('etag')! } })
    expect([path, again.status]).toEqual([path, 304])
  }
  for (const path of ['/page/', '/page/index.html', '/page/..%2fserve%2fserver.js', '/page/views/none.js']) {
    expect([path, (await fetch(http.url + path)).status]).toEqual([path, 404])
  }
})

describe.skipIf(chromiumPath === null)('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  test('it asks for a token once, and says in words where there is nothing to show', async () => {
    const { page, complaints } = await openPage(browser, http.url)
    await page.getByLabel('Token', { exact: true }).fill(token)
    await page.keyboard.press('Enter')
    await settled(page)
    const empty: [view: string, words: string][] = [
      ['flows', 'Nothing comes in'],
      ['served', 'No list has been answered'],
      ['people', 'Nobody has got a list yet'],
      ['people/ann', 'Nothing is known of “ann”'],
      ['items/film', 'Nothing is known of “film”'],
      ['models', 'No version has been published yet'],
      ['dead-letters', 'There are no dead letters'],
      ['sql', 'What can be asked'],
    ]
    for (const [view, words] of empty) {
      await showView(page, `#/${view}`)
      expect(await page.locator('main').textContent()).toContain(words)
    }
    expect(complaints).toEqual([])
  })
})
