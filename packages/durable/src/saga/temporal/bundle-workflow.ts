import { fileURLToPath } from 'node:url'
import type { TemporalSdk } from './temporal-sdk.js'

let bundled: Promise<{ readonly code: string }> | undefined

/** The workflow as Temporal's sandbox takes it; made once a process, since that takes a second or two. */
export function bundleWorkflow({ worker, folder }: TemporalSdk): Promise<{ readonly code: string }> {
  const source = import.meta.url.endsWith('.ts') ? './saga-workflow.ts' : './saga-workflow.js'
  bundled ??= worker.bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(source, import.meta.url)),
    logger: new worker.DefaultLogger('ERROR'),
    webpackConfigHook: (config: { resolve?: { modules?: string[] } }) => ({
      ...config,
      resolve: { ...config.resolve, modules: [...(config.resolve?.modules ?? []), folder, 'node_modules'] },
    }),
  })
  return bundled
}
