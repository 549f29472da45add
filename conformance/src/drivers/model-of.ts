import { readManifest, type SystemModel } from '@watertight/manifest'

/** What the manifest does not know would be left out of the model, and the scenario would test nothing. */
export function modelOf(document: object): SystemModel {
  const { system, problems } = readManifest(JSON.stringify(document), 'scenario.yaml')
  if (system === undefined || problems.length > 0)
    throw new Error(problems.map(({ message }) => message).join('; '))
  return system.model
}
