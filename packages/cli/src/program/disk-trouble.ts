/** What the system's refusals mean for whoever wants to write somewhere. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its disk',
  EDQUOT: 'its disk quota is used up',
  EROFS: 'it is read-only',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EIO: 'its disk does not work',
  EMFILE: 'this process has too many files open',
  ENFILE: 'this machine has too many files open',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a file is in the way of a folder',
  EEXIST: 'a file is in the way',
  EISDIR: 'a folder is in the way',
  EINVAL: 'something of another name is there',
  ELOOP: 'its symbolic links form a loop',
  ENAMETOOLONG: 'its name is too long',
}

/** Of these alone one can be sure that nothing is wrong with the program that has asked. */
const NEVER_A_BUG: ReadonlySet<string> = new Set(
  'ENOSPC EDQUOT EROFS EACCES EPERM EIO EMFILE ENFILE ENOTDIR ELOOP ENAMETOOLONG'.split(' '),
)

const FILE_CALLS: ReadonlySet<string> = new Set(
  'chmod chown copyfile fchmod fdatasync fsync ftruncate link lstat mkdir mkdtemp open opendir read readlink realpath rename rmdir scandir stat symlink unlink utime watch write'.split(
    ' ',
  ),
)

/** What keeps something from being written, as half a sentence; undefined when that is not what has failed. */
export function diskTrouble(error: unknown): string | undefined {
  return error instanceof Error ? MEANINGS[(error as NodeJS.ErrnoException).code ?? ''] : undefined
}

/** The sentence about a disk, or a folder, that does not do what it should; undefined for any other failure. */
export function diskFailure(error: unknown): string | undefined {
  const { code = '', syscall = '', path } = (error ?? {}) as NodeJS.ErrnoException
  const trouble = diskTrouble(error)
  if (trouble === undefined || !NEVER_A_BUG.has(code) || !FILE_CALLS.has(syscall)) return undefined
  // Of a file that is open already, only that it is written to is known.
  return path === undefined ? `cannot ${syscall} a file: ${trouble}` : `cannot use ${path}: ${trouble}`
}
