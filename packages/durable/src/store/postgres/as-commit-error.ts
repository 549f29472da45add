import pg from 'pg'
import { commitUnknownError } from '../errors.js'

/** The server ends the connection: an administrator, a crash, a shutdown. */
const ENDED = /^57P/

/**
 * What is known after a commit has failed. An answer with a state of SQL is an answer: the database has refused. One that ends
 * the connection leaves it open: a commit that waited for a standby is done on its own server by then.
 */
export const asCommitError = (error: unknown): unknown =>
  error instanceof pg.DatabaseError && !ENDED.test(error.code ?? '')
    ? error
    : commitUnknownError('the connection was lost during the commit', { cause: error })
