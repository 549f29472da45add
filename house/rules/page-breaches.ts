import type { SourceFile } from '../sources.js'

const listPath = 'site/.vitepress/pages.mjs'

/** What the site takes for a page, as `site/.vitepress/stage.mjs` does; findings have a list of their own. */
const page = /^(?!site\/|.*\bfixtures\/|.*\.github\/|packages\/manifest\/docs\/findings\/WT-).*\.md$/

/** Every page of the repository has its place on the site, and every place its page: the site's build asks the same. */
export function pageBreaches(files: readonly SourceFile[]): string[] {
  const list = files.find(({ path }) => path === listPath)
  if (list === undefined) return []
  const listed = listedPages(list.text)
  const pages = files.map(({ path }) => path).filter((path) => page.test(path))
  const lost = pages.filter((path) => !listed.includes(path))
  const gone = listed.filter((path) => !pages.includes(path))
  return [
    ...lost.map((path) => `${path} is on no page of the site: list it in ${listPath}`),
    ...gone.map((path) => `${listPath} lists ${path}, which does not exist`),
  ]
}

/** The paths in the list: written out, or the README of a `part('policy')`, or the names that become `api.md`s. */
function listedPages(text: string): string[] {
  const written = [...text.matchAll(/'([\w./-]+\.md)'/g)].map(([, path]) => path!)
  const parts = [...text.matchAll(/\bpart\('([\w-]+)'/g)].map(([, name]) => `packages/${name}/README.md`)
  const named = /pages: \[([^[\]]*)\]\.map\(/.exec(text)?.[1] ?? ''
  const reports = [...named.matchAll(/'([\w-]+)'/g)].map(([, name]) => `packages/${name}/api.md`)
  return [...written, ...parts, ...reports]
}
