import { readFile } from 'node:fs/promises'
import { addressOf, sections } from './pages.mjs'

/**
 * The site for machines that read: each page with its address and its first sentence, as https://llmstxt.org has it.
 * @param {string} folder where the pages are
 */
export async function llmsText(folder) {
  const lines = ['# Watertight', '', `> ${await firstSentence(folder, 'README.md')}`]
  for (const { title, pages } of sections) {
    lines.push('', `## ${title}`, '')
    for (const [path, name] of pages) {
      const about = await firstSentence(folder, path)
      lines.push(`- [${name}](${addressOf(path)})${about === '' ? '' : `: ${about}`}`)
    }
  }
  return `${lines.join('\n')}\n`
}

/** The first sentence of the first paragraph below the title, without its links. */
async function firstSentence(folder, path) {
  const text = await readFile(`${folder}/${path}`, 'utf8')
  const paragraph = text.split(/\n\s*\n/).find((part) => /^[A-Z`[*]/.test(part)) ?? ''
  const plain = paragraph.replaceAll('\n', ' ').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
  return /^.*?[.:](?= |$)/.exec(plain)?.[0].replace(/:$/, '.') ?? ''
}
