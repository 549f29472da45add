/** Everything went well, and the books balance. */
export const EXIT_OK = 0
/** A service did not start, or the books do not balance. */
export const EXIT_FAILED = 1
/** An option is unknown or has a wrong value. */
export const EXIT_USAGE = 2
/** Another run uses the data folder. */
export const EXIT_FOLDER_IN_USE = 3
/** Another program listens on the gateway's port. */
export const EXIT_PORT_TAKEN = 4
/** The data folder cannot be used: it is read-only, full, a file, or not ours. */
export const EXIT_DATA_FOLDER = 5
/** A server that the profile asks for is not installed. */
export const EXIT_ENGINE_MISSING = 6
/** Ended at once by a second Ctrl-C. */
export const EXIT_INTERRUPTED = 130
