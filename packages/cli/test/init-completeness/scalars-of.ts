type Tree = { [key: string]: unknown }

/** Every scalar with its path, and the documents without it. */
export function scalarsOf(documents: readonly Tree[]): { path: string; without: Tree[] }[] {
  const found: { path: string; without: Tree[] }[] = []
  const visit = (value: unknown, keys: readonly (string | number)[], path: string): void => {
    if (typeof value !== 'object' || value === null) {
      const copy = structuredClone(documents) as Tree[]
      let parent: unknown = copy
      for (const key of keys.slice(0, -1)) parent = (parent as Record<string | number, unknown>)[key]
      const last = keys.at(-1) ?? ''
      if (Array.isArray(parent)) parent.splice(Number(last), 1)
      else delete (parent as Tree)[String(last)]
      found.push({ path, without: copy })
      return
    }
    for (const [key, child] of Object.entries(value))
      visit(
        child,
        [...keys, Array.isArray(value) ? Number(key) : key],
        Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`,
      )
  }
  documents.forEach((document, index) => {
    const kind = typeof document['kind'] === 'string' ? document['kind'] : 'compose'
    const name = (document['metadata'] as Tree | undefined)?.['name']
    visit(document, [index], `${kind}/${typeof name === 'string' ? name : ''}`)
  })
  return found
}
