/**
 * The request that the running code works for. Loading this module has servers carry the scopes of requests to the code
 * that answers them; so does making a client.
 */
import { carryScopes } from './current-scope.js'

export type { GuardedRequest } from '../server/guard/guarded-request.js'
export { currentRequest } from '../server/guard/guarded-request.js'
export type { RequestScope } from '@watertight/traffic'
export { currentScope, inBackground, withoutDeadline, withScope } from './current-scope.js'

carryScopes()
