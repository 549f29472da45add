/**
 * Strongly connected components in reverse topological order (Tarjan 1972), so that a component comes after
 * everything it reaches. Written with a stack of its own: a chain of a thousand services must not end the
 * process. Cost: linear in nodes and edges.
 */
export function strongComponents(
  nodes: Iterable<string>,
  next: (node: string) => readonly string[],
): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const open: string[] = []
  const isOpen = new Set<string>()
  const components: string[][] = []
  const enter = (node: string, work: Frame[]): void => {
    index.set(node, index.size)
    low.set(node, index.size - 1)
    open.push(node)
    isOpen.add(node)
    work.push({ node, targets: next(node), at: 0 })
  }
  const leave = (node: string): void => {
    if (low.get(node) !== index.get(node)) return
    const component = open.splice(open.lastIndexOf(node))
    for (const member of component) isOpen.delete(member)
    components.push(component)
  }
  const lower = (node: string, candidate: number | undefined): void => {
    low.set(node, Math.min(low.get(node) ?? 0, candidate ?? 0))
  }
  for (const root of nodes) {
    if (index.has(root)) continue
    const work: Frame[] = []
    enter(root, work)
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      const target = frame.targets[frame.at++]
      if (target === undefined) {
        work.pop()
        const parent = work.at(-1)
        if (parent !== undefined) lower(parent.node, low.get(frame.node))
        leave(frame.node)
      } else if (!index.has(target)) enter(target, work)
      else if (isOpen.has(target)) lower(frame.node, index.get(target))
    }
  }
  return components
}

interface Frame {
  readonly node: string
  readonly targets: readonly string[]
  at: number
}
