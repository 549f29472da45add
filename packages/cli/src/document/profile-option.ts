import { Option } from 'commander'

/** `--profile`: one, several divided by commas, or one after the other. */
export function profileOption(description: string): Option {
  return new Option('--profile <names>', description).argParser(
    (names: string, former: string | undefined) => (former === undefined ? names : `${former},${names}`),
  )
}

/** Of commands that read a document. */
export const READ_WITH = 'read it as watertight.NAME.yaml beside it has it changed; several by commas'
