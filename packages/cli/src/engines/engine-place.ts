/** What an engine is started with. */
export interface EnginePlace {
  readonly folder: string
  readonly port: number
  readonly password: string | undefined
  readonly databases: readonly string[]
  /** Where an Alertmanager tells of alerts. */
  readonly webhook: string | undefined
  /** The folder of the run that a Prometheus watches. */
  readonly run: string | undefined
  readonly alertmanagerPort: number | undefined
  readonly collectorPort: number | undefined
  readonly onLine: (line: string) => void
}
