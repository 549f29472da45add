import { markdownBlocks } from './markdown-blocks.js'
import type { SourceFile } from './sources.js'

/** What runs a line of a shell that a README shows. */
const executors: readonly (readonly [line: RegExp, by: string])[] = [
  [/^npm install && npm (start|test)$/, '.ci/run'],
  [/^npm run (--silent )?conformance\b/, '.ci/run'],
  [/^npm run (engines|test:engines|bench -- [\w-]+)$/, '.ci/run'],
  [/^npm install (--save-dev )?(@watertight\/\w+|watertight)$/, 'the packed packages'],
  [/^(mkdir -p|npm pack|-w packages|cd|npm init|npx watertight|node payment\.js)\b/, 'the packed packages'],
  [/^source <\(watertight completion bash\)$|^watertight completion fish > /, 'completion.test.ts'],
  [/^watertight check$/, 'golden.test.ts'],
  [/^watertight compile --target (prometheus|grafana) --out \w+$/, 'compile.test.ts'],
]

/** Lines of `sh` and `console` blocks that no test and no step of CI runs. */
export function unexecutedLines({ path, text }: SourceFile): string[] {
  return markdownBlocks(text)
    .filter(({ language }) => language === 'sh' || language === 'console')
    .flatMap(({ language, code, line }) =>
      code.split('\n').flatMap((written, index) => {
        const command = commandOf(language, written)
        if (command === '' || executors.some(([pattern]) => pattern.test(command))) return []
        return [`${path}:${line + index} shows \`${command}\`, which nothing runs`]
      }),
    )
}

/** The command without its prompt and its comment; empty for what a command printed. */
function commandOf(language: string, written: string): string {
  if (language === 'console' && !written.startsWith('$ ')) return ''
  return written
    .replace(/^\$ /, '')
    .replace(/(^|\s+)# .*$/, '')
    .trim()
}
