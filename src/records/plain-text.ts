/*
 * Titles, ids and messages come from outside. On a terminal some characters are not shown but obeyed: escape sequences write
 * elsewhere or recolour, and overrides of direction make a text read as another. Whatever people are shown goes through here.
 */

/** Control characters but tabs and ends of lines, and what turns the direction of text round. */
const obeyed = /(?![\r\n\t])\p{Cc}|\r(?!\n)|[\u202A-\u202E\u2066-\u2069]/gu

/**
 * A text for people, with nothing in it that a terminal would obey.
 *
 *     plainText('a\u001B[2J')   // 'a�[2J'
 */
export function plainText(text: string): string {
  return text.replaceAll(obeyed, '\uFFFD')
}

/** The same on one line, so that a title cannot pass for a line of ours. */
export function plainLine(text: string): string {
  return plainText(text).replaceAll(/[\r\n\t\u2028\u2029]+/g, ' ')
}

/**
 * JSON that means the same and is safe to look at.
 *
 *     plainJson(JSON.stringify('\u202E'))   // '"\\u202e"'
 */
export function plainJson(json: string): string {
  // JSON itself escapes what is below the space.
  return json.replaceAll(/[\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, character => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
