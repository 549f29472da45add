// Puts the compiled program and all it uses into dist/bundle: a few files instead of two hundred, which halves the time
// that a command takes to start. `bin/watertight.cjs` prefers the bundle to dist.
import { defineConfig, type Plugin } from 'rolldown'
import { licencesPlugin } from '../../house/licences-plugin.js'

const NOTHING = '\0no-executables'

/** Commander can start programs as commands, which nobody here asks for: a dozen files of Node less to load. */
const noExecutables: Plugin = {
  name: 'no-executables',
  resolveId: (id, importer) =>
    id.endsWith('child_process') && /[\\/]commander[\\/]/.test(importer ?? '') ? NOTHING : null,
  load: (id) => (id === NOTHING ? 'export function spawn() {}' : null),
}

/** For Node, yaml gives CommonJS; of the modules that it gives browsers, what is not used falls away. */
const modulesOfYaml: Plugin = {
  name: 'modules-of-yaml',
  async resolveId(id, importer) {
    if (id !== 'yaml') return null
    const found = await this.resolve(id, importer, { skipSelf: true })
    return found?.id.replace(/dist[\\/]index\.js$/, 'browser/dist/index.js') ?? null
  },
}

export default defineConfig({
  cwd: import.meta.dirname,
  input: 'dist/main.js',
  platform: 'node',
  // They find what they start beside themselves: migrations, the program of a thread, the program of a guard, the page. OpenTelemetry's
  // API is one for a process.
  external: [/^@watertight\/(durable|supervisor|console)/, /^@opentelemetry\//],
  // What one command loads late, another may load at once; both are in one chunk.
  checks: { ineffectiveDynamicImport: false },
  plugins: [noExecutables, modulesOfYaml, licencesPlugin],
  output: {
    dir: 'dist/bundle',
    // Node starts it faster than modules. What is external and late stays `import()`.
    format: 'cjs',
    minify: true,
    cleanDir: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    // What every start needs, and what every command needs that reads a manifest; each command has files of its own.
    codeSplitting: {
      groups: [
        {
          name: 'program',
          test: /[\\/](cli[\\/]dist[\\/]program|commander|picocolors)[\\/]|define-/,
          priority: 1,
        },
        { name: 'manifest', test: /[\\/](manifest[\\/]dist|zod|yaml|cli[\\/]dist[\\/]document)[\\/]/ },
      ],
    },
  },
})
