import { ask, type Status } from './api.ts'
import { fill, h } from './dom.ts'
import { inPlace, tell, type View } from './view.ts'
import { deadLetters } from './views/dead-letters.ts'
import { flows } from './views/flows.ts'
import { items } from './views/items.ts'
import { models } from './views/models.ts'
import { people } from './views/people.ts'
import { served } from './views/served.ts'
import { sql } from './views/sql.ts'

const views: Record<string, View> = {
  flows,
  served,
  people,
  items,
  models,
  'dead-letters': deadLetters,
  sql,
}

const main = document.querySelector('main')!
const title = document.querySelector('h1')!
const content = document.querySelector<HTMLElement>('#content')!
const links = Object.entries(views).map(([name, view]) => h('a', { href: `#/${name}` }, view.title))
let shown: AbortController | null = null

fill(document.querySelector('#views')!, ...links.map(link => h('li', {}, link)))
document.querySelector('.skip')!.addEventListener('click', event => {
  event.preventDefault()
  main.focus()
})

/** Show what the hash names. */
async function show(): Promise<void> {
  shown?.abort()
  const { signal } = (shown = new AbortController())
  const { hash } = location
  const [name = '', ...words] = hash.replace(/^#\/?/, '').split('/').map(decoded)
  const known = Object.hasOwn(views, name) ? name : 'flows'
  const view = views[known]!
  for (const link of links) {
    if (link.hash === `#/${known}`) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  fill(title, view.title)
  document.title = `${view.title} – recstream`
  const place = h('div', {}, h('p', { class: 'empty' }, 'Loading …'))
  fill(content, place)
  await inPlace(place, async () => view.show(place, words, signal))
  if (signal.aborted) return
  content.dataset['shown'] = hash
  tell(`${view.title} is shown.`)
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word)
  } catch {
    return word
  }
}

addEventListener('hashchange', () => {
  title.focus()
  void show()
})
void show()
void ask<Status>('/v1/status').then(
  ({ pipeline }) => fill(document.querySelector('#pipeline')!, pipeline),
  () => {},
)
