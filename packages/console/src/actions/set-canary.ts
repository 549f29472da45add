import { chmod, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { readManifest } from '@watertight/manifest'
import { isScalar, parseDocument } from 'yaml'
import type { Action } from './action.js'
import { ActionWords } from './action-words.js'

/** Changes how requests are split between versions: the numbers in the document, and nothing else of it. */
export function setCanary(file: string | undefined): Action {
  return {
    name: 'set-canary',
    obstacle: () => (file === undefined ? 'no document is named' : null),
    act: async (body) => {
      const words = new ActionWords('set canary', body, ['route', 'weights'])
      const route = words.text('route')
      const weights = words.value('weights')
      if (file === undefined || typeof weights !== 'object' || weights === null)
        throw words.mustBe('weights', 'an object such as { stable: 95, canary: 5 }')
      // The place of a link is kept, and so are the rights to the document.
      const place = await realpath(file)
      const text = await readFile(place, 'utf8')
      const changed = withWeights(text, route, Object.entries(weights), words)
      const { problems } = readManifest(changed, file)
      if (problems[0] !== undefined) throw words.refused(problems[0].message)
      const unfinished = `${place}.${process.pid}.new`
      await writeFile(unfinished, changed)
      await chmod(unfinished, (await stat(place)).mode)
      await rename(unfinished, place)
      return `route ${route} has ${Object.entries(weights)
        .map(([version, weight]) => `${version} ${weight}`)
        .join(', ')}`
    },
  }
}

function withWeights(
  text: string,
  route: string,
  weights: readonly (readonly [string, unknown])[],
  words: ActionWords,
): string {
  const document = parseDocument(text)
  const edits = weights.map(([version, weight]) => {
    if (typeof weight !== 'number' || !(weight >= 0 && weight <= 100))
      throw words.refused(`${version} must be a number from 0 to 100, got ${JSON.stringify(weight)}`)
    const node = document.getIn(['gateway', 'routes', Number(route), 'split', version], true)
    if (!isScalar(node) || node.range === undefined || node.range === null)
      throw words.refused(`route ${route} has no version ${version} in the document`)
    const [start, end] = node.range
    const unit = typeof node.value === 'string' && node.value.endsWith('%') ? '%' : ''
    return { start, end, number: `${weight}${unit}` }
  })
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce((edited, { start, end, number }) => edited.slice(0, start) + number + edited.slice(end), text)
}
