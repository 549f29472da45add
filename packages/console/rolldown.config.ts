// Puts the page into dist/page: one document, one script, one style sheet. The server of the console hands them out as
// they are. Sources are read as they stand, for `tsc` only checks them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type Plugin } from 'rolldown'
import { licencesPlugin } from '../../house/licences-plugin.js'

const page = join(import.meta.dirname, 'src/page')
const charts = join(import.meta.dirname, '../../node_modules/uplot/dist/uPlot.min.css')

/** Style sheets are few and small: laid one after the other in the order of their names, without comments and indents. */
function styles(): string {
  const own = readdirSync(join(page, 'styles')).toSorted()
  const texts = [charts, ...own.map((name) => join(page, 'styles', name))].map((path) =>
    readFileSync(path, 'utf8'),
  )
  return texts
    .join('\n')
    .replace(/\/\*[^]*?\*\//g, '')
    .replace(/\s*\n\s*/g, '\n')
    .trim()
}

const documentAndStyles: Plugin = {
  name: 'document-and-styles',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'page.css', source: styles() })
    const html = readFileSync(join(page, 'index.html'), 'utf8')
    this.emitFile({ type: 'asset', fileName: 'index.html', source: html })
  },
}

export default defineConfig({
  cwd: import.meta.dirname,
  input: { page: 'src/page/main.tsx', 'graph-worker': 'src/page/graph/worker/main.ts' },
  platform: 'browser',
  resolve: { extensionAlias: { '.js': ['.ts', '.tsx', '.js'] } },
  tsconfig: 'src/page/tsconfig.json',
  transform: { target: 'es2022' },
  plugins: [documentAndStyles, licencesPlugin],
  output: {
    dir: 'dist/page',
    format: 'es',
    minify: true,
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
  },
})
