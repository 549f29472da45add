import { relative, resolve } from 'node:path'
import type { Finding, Report } from '@watertight/manifest'
import type { Terminal } from '../program/terminal.js'

/**
 * The report with paths from the top of the repository, where a CI job says where that is: annotations and code
 * scanning know files by those alone, and a job may run in any folder.
 */
export function repositoryPaths(report: Report, { cwd, env }: Terminal): Report {
  const top = env['GITHUB_WORKSPACE']
  if (top === undefined || top === '') return report
  const rename = (file: string): string => {
    const path = relative(top, resolve(cwd, file))
    return path.startsWith('..') ? file : path
  }
  const renamed = <Found extends Finding>(finding: Found): Found => ({
    ...finding,
    file: rename(finding.file),
    also: finding.also.map((place) => ({ ...place, file: rename(place.file) })),
  })
  return {
    ...report,
    findings: report.findings.map(renamed),
    silenced: report.silenced.map(renamed),
  }
}
