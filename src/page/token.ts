import { fill, form, h, labelled } from './dom.ts'

const key = 'recstream-token'

/** The token that was given in this tab; null where none was needed. */
export function storedToken(): string | null {
  return sessionStorage.getItem(key)
}

let asking: Promise<boolean> | null = null

/** Ask for a token and keep it as long as the tab is open; false where none is given. */
export function askForToken(why: string): Promise<boolean> {
  asking ??= open(why).finally(() => {
    asking = null
  })
  return asking
}

function open(why: string): Promise<boolean> {
  const dialog = document.querySelector('dialog')!
  const field = h('input', { type: 'password', autocomplete: 'off', required: true, spellcheck: 'false' })
  let given = false
  const submit = () => {
    sessionStorage.setItem(key, field.value.trim())
    given = true
    dialog.close()
  }
  fill(
    dialog,
    h('h2', { id: 'dialog-title' }, 'A token is needed'),
    h('p', {}, why),
    form(
      submit,
      labelled('Token', field),
      h('button', { type: 'submit' }, 'Go on'),
      h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Cancel'),
    ),
    h('p', { class: 'note' }, 'It is kept until this tab is closed.'),
  )
  return new Promise(resolve => {
    dialog.addEventListener('close', () => resolve(given), { once: true })
    dialog.showModal()
  })
}
