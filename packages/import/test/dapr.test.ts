import { expect, it } from 'vitest'
import { convert } from '../src/convert.js'
import { importText, modelOf, reasonsOf } from './examples.js'

it('default policies by name hold for every app that targets does not name', () => {
  const conversion = importText(
    'dapr',
    `kind: Resiliency
metadata: { name: r }
scopes: [web]
spec:
  policies:
    timeouts: { DefaultAppTimeoutPolicy: 4s }
    retries: { DefaultAppRetryPolicy: { policy: constant, maxRetries: 7 } }
`,
  )
  expect(modelOf(conversion).policies.get('default-app')).toMatchObject({
    timeout: { attemptMs: 4_000 },
    retry: { attempts: 8 },
  })
  expect(conversion.manifest).toContain('default-app: # for every app that targets does not name')
  expect(conversion.unsupported.map(({ reason }) => reason).join()).not.toMatch(
    /not known|no app under targets/,
  )
})

it('the default of all targets stands in for that of apps', () => {
  const text = `kind: Resiliency
metadata: { name: r }
spec:
  policies:
    circuitBreakers: { DefaultCircuitBreakerPolicy: { trip: consecutiveFailures > 3 } }
    retries: { DefaultRetryPolicy: { maxRetries: 1 }, DefaultAppRetryPolicy: { maxRetries: 2 }, DefaultComponentOutboundRetryPolicy: { maxRetries: 9 } }
`
  const conversion = importText('dapr', text)
  expect(modelOf(conversion).policies.get('default-app')).toMatchObject({
    breaker: { consecutiveFailures: 4 },
    retry: { attempts: 3 },
  })
  expect(reasonsOf(conversion, 'retries.DefaultRetryPolicy').join()).toContain('holds for apps')
  expect(reasonsOf(conversion, 'DefaultComponentOutboundRetryPolicy').join()).toContain(
    'a component is called',
  )
})

it('several files are one system', () => {
  const resource = (name: string, app: string) => ({
    file: `${name}.yaml`,
    text: `kind: Resiliency\nmetadata: { name: ${name} }\nscopes: [${name}]\nspec: { policies: { timeouts: { t: 1s } }, targets: { apps: { ${app}: { timeout: t } } } }\n`,
  })
  const { calls } = modelOf(convert('dapr', [resource('web', 'order'), resource('order', 'pay')]))
  expect(calls.map(({ from, to }) => `${from} > ${to}`)).toEqual(['web > order', 'order > pay'])
})
