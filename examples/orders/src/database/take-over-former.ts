import { access, mkdir, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Takes over a database that lies where it lay before it had a process of its own. */
export async function takeOverFormer(former: string, folder: string): Promise<void> {
  const exists = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    )
  if ((await exists(folder)) || !(await exists(former))) return
  await mkdir(dirname(folder), { recursive: true })
  await rename(former, folder)
}
