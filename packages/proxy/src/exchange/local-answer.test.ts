import { NoEndpointError } from '@watertight/traffic'
import { expect, it } from 'vitest'
import { answerFor } from './local-answer.js'

const header = (failure: string): string => `x-watertight-failure: ${failure}\r\n`

it('tells a caller of a sidecar that its process has seen nothing of the request when checks say that it takes none', () => {
  const unready = answerFor(new NoEndpointError('order', 1), true)
  expect(unready).toMatchObject({ status: 503, flag: 'UH', lines: header('connect-failure') })
})

it('says nothing of the kind for a service that is called', () => {
  expect(answerFor(new NoEndpointError('order', 1)).lines).not.toContain('x-watertight-failure')
})
