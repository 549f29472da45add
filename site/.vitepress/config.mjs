import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import { llmsText } from './llms.mjs'
import { addressOf, isFinding, sections } from './pages.mjs'
import { repositoryLinks } from './repository-links.mjs'
import { stage } from './stage.mjs'

const item = ([path, text]) => ({ text, link: addressOf(path) })

const srcDir = fileURLToPath(new URL('../pages', import.meta.url))
stage(srcDir)

/** The pages of the repository as a site. */
export default defineConfig({
  title: 'Watertight',
  description: 'Calls between services that stay up when what they call does not',
  srcDir,
  outDir: 'dist',
  cacheDir: 'node_modules/.cache',
  rewrites: { 'README.md': 'index.md', ':folder(.*)/README.md': ':folder/index.md' },
  markdown: { config: repositoryLinks },
  themeConfig: {
    outline: [2, 3],
    search: { provider: 'local' },
    nav: [
      { text: 'Ten minutes', link: addressOf('docs/tutorial.md') },
      { text: 'How to', link: addressOf('docs/how-to/README.md') },
      { text: 'Format', link: addressOf('packages/manifest/docs/format.md') },
      { text: 'Inside', link: addressOf('ARCHITECTURE.md') },
    ],
    sidebar: sections.map(({ title, pages }, index) => ({
      text: title,
      collapsed: index > 1,
      items: pages.map(item),
    })),
  },
  async buildEnd({ pages, outDir }) {
    const listed = new Set(sections.flatMap((section) => section.pages.map(([path]) => path)))
    const lost = pages.filter((path) => !listed.has(path) && !isFinding(path))
    if (lost.length > 0) throw new Error(`cannot build the site: pages.mjs must list ${lost.join(', ')}`)
    await writeFile(join(outDir, 'llms.txt'), await llmsText(srcDir))
  },
})
