import { fill, h } from './dom.ts'

/** Ask before something is done that others will notice. */
export function confirmed(question: string, yes: string): Promise<boolean> {
  const dialog = document.querySelector('dialog')!
  let answer = false
  const accept = () => {
    answer = true
    dialog.close()
  }
  fill(
    dialog,
    h('h2', { id: 'dialog-title' }, 'Are you sure?'),
    h('p', {}, question),
    h(
      'div',
      { class: 'row' },
      h('button', { type: 'button', onclick: accept }, yes),
      h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Cancel'),
    ),
  )
  return new Promise(resolve => {
    dialog.addEventListener('close', () => resolve(answer), { once: true })
    dialog.showModal()
  })
}
