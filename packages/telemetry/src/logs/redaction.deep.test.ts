import { it } from 'vitest'
import { expectNoSecretIn } from '../../test/hidden-secrets.js'

it('no value under a secret name is in the copy', () => {
  expectNoSecretIn(20_000)
})
