import { EngineError, type Engine } from './engine.js'
import { runTool } from './run-tool.js'

const INSTALL_MS = 300_000

/**
 * An engine whose Debian package is installed, and not only unpacked: it needs so much of the system beside it (fonts, some
 * eighty libraries) that a folder of its own would be a second system. It takes root; where it is there already, nothing happens.
 */
export function aptEngine({ name, program }: { readonly name: string; readonly program: string }): Engine {
  const words = ['install', '--yes', '--quiet', '--no-install-recommends', name]
  return {
    name,
    programs: [program],
    source: `Debian package ${name}, installed`,
    versionArguments: ['--version'],
    install: async () => {
      if (process.getuid?.() !== 0)
        throw new EngineError(`cannot install ${name}: it takes root; run \`apt-get ${words.join(' ')}\``)
      const first = await runTool('apt-get', words, { deadlineMs: INSTALL_MS })
      if (first.exitCode === 0) return
      // A machine that was just made has no package lists.
      await runTool('apt-get', ['update', '--quiet'], { deadlineMs: INSTALL_MS })
      const second = await runTool('apt-get', words, { deadlineMs: INSTALL_MS })
      if (second.exitCode !== 0)
        throw new EngineError(`cannot install ${name}: apt-get failed\n${second.output}`)
    },
  }
}
