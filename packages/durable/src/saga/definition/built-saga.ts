import { type Rule } from '@watertight/policy/options'

const isBuilt = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'plan' in value && 'code' in value

export const builtSaga: Rule = { allowed: 'a saga, as build() returns it', accepts: isBuilt }

export const builtSagas: Rule = {
  allowed: 'a list of sagas, as build() returns them',
  accepts: (value) => Array.isArray(value) && value.every(isBuilt),
}
