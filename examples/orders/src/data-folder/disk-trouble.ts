/** What the system's errors mean for whoever wants to write somewhere. */
const meanings: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its disk',
  EDQUOT: 'its disk quota is used up',
  EROFS: 'it is read-only',
  EACCES: 'there is no permission to write there',
  EPERM: 'there is no permission to write there',
  EIO: 'its disk does not work',
  ENOTDIR: 'a part of that path is a file',
  EEXIST: 'it is a file',
  ELOOP: 'its symbolic links form a loop',
  ENAMETOOLONG: 'its name is too long',
  // What systems without room for it say of a folder that only looks like one: /proc, /sys.
  ENOENT: 'nothing can be created there',
  EINVAL: 'nothing can be created there',
}

/** What keeps data from being written, as half a sentence; `undefined` when the disk is not to blame. */
export function diskTrouble(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? meanings[code] : undefined
}
