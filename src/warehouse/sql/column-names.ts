/** Names of columns with none twice: a second one of the same name is called `name_2`. */
export function distinctNames(names: readonly string[]): string[] {
  const used = new Set<string>()
  return names.map(name => {
    let free = name
    for (let k = 2; used.has(free); k++) free = `${name}_${k}`
    used.add(free)
    return free
  })
}
