import { checkReading, type Report } from '@watertight/manifest'
import { exitCode, renderGithub, renderHuman, renderJson, renderSarif } from '@watertight/manifest/tooling'
import { loadDocument, locateDocument, shownPath } from '../document/load-document.js'
import { profileOf } from '../document/profile-of.js'
import type { ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import type { CheckOptions } from './check-options.js'
import { repositoryPaths } from './repository-paths.js'

/** Checks a document and tells what was found, in the form that was asked for. */
export async function runCheck(
  file: string | undefined,
  options: CheckOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const tell = (report: Report): ExitCode => {
    const code = exitCode(report, { strict: options.strict === true })
    terminal.out.write(render(report, code === 0, options, terminal))
    return code
  }
  const profile = profileOf(file, options.profile, terminal)
  if (options.watch !== true) return tell(checkReading(await loadDocument(file, terminal, profile)))
  const { watchCheck } = await import('./watch-check.js')
  const path = file === '-' ? '-' : locateDocument(file, terminal)
  return await watchCheck({ path, shown: shownPath(path, terminal), profile }, terminal, tell)
}

function render(report: Report, passes: boolean, options: CheckOptions, terminal: Terminal): string {
  switch (options.json === true ? 'json' : options.format) {
    case 'json':
      return renderJson(report)
    case 'sarif':
      return renderSarif(repositoryPaths(report, terminal))
    case 'github':
      return renderGithub(repositoryPaths(report, terminal))
    case 'human': {
      const { columns, colours } = terminal.out
      // Of a document that is broken off, a score says nothing.
      const isWhole = !report.findings.some(({ code }) => code === 'WT-DOC-SYNTAX')
      const form = {
        colour: colours.isColorSupported,
        width: columns,
        score: options.score === true && isWhole,
      }
      return renderHuman({ ...report, ok: passes }, form)
    }
  }
}
