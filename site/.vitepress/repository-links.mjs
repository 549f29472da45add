import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Links of the repository as links of the site: one to a folder goes to its page, and one to a file that is no page, such as
 * source code, is shown without being a link.
 * @param {import('vitepress').MarkdownRenderer} markdown
 */
export function repositoryLinks(markdown) {
  markdown.core.ruler.after('inline', 'repository-links', ({ tokens, env }) => {
    for (const { children } of tokens) {
      const opened = []
      for (const token of children ?? []) {
        if (token.type === 'link_close' && opened.pop() === false) token.tag = 'span'
        if (token.type !== 'link_open') continue
        const href = token.attrGet('href') ?? ''
        const target = pageOf(dirname(env.relativePath), href)
        if (target === undefined) Object.assign(token, { tag: 'span', attrs: [] })
        else token.attrSet('href', target)
        opened.push(target !== undefined)
      }
    }
  })
}

/** Where a link of a page in this folder leads on the site; undefined for what is not on it. */
function pageOf(folder, href) {
  const [path, hash] = href.split('#')
  if (path === '' || /^[a-z]+:/.test(path) || path.endsWith('.md')) return href
  const file = join(root, folder, decodeURI(path))
  if (!existsSync(file)) return href
  const isFolder = statSync(file).isDirectory() && existsSync(join(file, 'README.md'))
  return isFolder ? `${path.replace(/\/$/, '')}/README.md${hash === undefined ? '' : `#${hash}`}` : undefined
}
