export type Child = Node | string | number | null | undefined | false

export type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>

/**
 * An element with its attributes, listeners (`onclick`) and children. What is given as a text stays a text: nothing that came
 * from outside is ever read as HTML.
 *
 *     h('a', { href: '#/people' }, 'People')
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  fill(element, ...children)
  return element
}

/** Put children in the place of those that an element has. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(
    ...children
      .filter(child => child !== null && child !== undefined && child !== false)
      .map(child => (child instanceof Node ? child : document.createTextNode(String(child)))),
  )
}

let ids = 0

/** A field under its label. */
export function labelled(label: string, field: HTMLElement): HTMLElement {
  field.id ||= `field-${++ids}`
  return h('div', { class: 'field' }, h('label', { for: field.id }, label), field)
}

/** A section under a heading of the second rank. */
export function section(title: string, ...children: Child[]): HTMLElement {
  const id = `section-${++ids}`
  return h('section', { 'aria-labelledby': id }, h('h2', { id }, title), ...children)
}

/** A form that asks nothing of the browser but to call back. */
export function form(onSubmit: () => void, ...children: Child[]): HTMLFormElement {
  const submit = (event: Event) => {
    event.preventDefault()
    onSubmit()
  }
  return h('form', { onsubmit: submit, class: 'row' }, ...children)
}
