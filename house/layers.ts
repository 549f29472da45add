/** Which packages may import which: only those with a lower number. The table is drawn in ARCHITECTURE.md. */
export const layers: Readonly<Record<string, number>> = {
  policy: 0,
  manifest: 1,
  telemetry: 1,
  traffic: 2,
  import: 2,
  http: 3,
  proxy: 3,
  simulator: 3,
  deploy: 3,
  durable: 4,
  chaos: 4,
  supervisor: 4,
  console: 5,
  cli: 6,
}

export const isTest = (path: string): boolean =>
  /\.test\.ts$|^packages\/[^/]+\/test\/|^examples\/[^/]+\/test\//.test(path)

export const packageOf = (path: string): string | undefined => /^packages\/([^/]+)\//.exec(path)?.[1]

/** The package that an import names; the command's package has no scope. */
export const packageNamed = (name: string): string | undefined =>
  /^@watertight\/([^/]+)/.exec(name)?.[1] ?? (/^watertight(\/|$)/.test(name) ? 'cli' : undefined)
