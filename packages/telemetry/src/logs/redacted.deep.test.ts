import { it } from 'vitest'
import { expectNoSecret } from '../../test/expect-no-secret.js'

it('no value under a secret name is in the copy', () => {
  expectNoSecret(20_000)
})
