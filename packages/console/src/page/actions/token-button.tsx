import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { forgetToken, needToken, token, tokenQuestion } from './token.js'

/** Says whether changes are allowed in this tab, and lets the reader allow or end them. */
export function TokenButton(): JSX.Element {
  const isOpen = token.value !== null
  return (
    <>
      <button type="button" class="quiet" onClick={() => (isOpen ? forgetToken() : void needToken(null))}>
        <svg viewBox="0 0 16 16" aria-hidden="true" class="icon">
          <rect x="3" y="7" width="10" height="7" rx="1.5" class="icon-fill" />
          <path
            class="icon-line"
            d={isOpen ? 'M5.5 7V4.5a2.5 2.5 0 0 1 4.8-1' : 'M5.5 7V4.5a2.5 2.5 0 0 1 5 0V7'}
          />
        </svg>
        <span class="quiet-word">{isOpen ? 'Lock changes' : 'Allow changes'}</span>
      </button>
      <TokenDialog />
    </>
  )
}

function TokenDialog(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const question = tokenQuestion.value
  useEffect(() => {
    if (question !== null && dialog.current?.open === false) dialog.current.showModal()
    if (question === null) dialog.current?.close()
  }, [question])
  const submit = (event: Event): void => {
    event.preventDefault()
    const given = field.current?.value.trim() ?? ''
    if (field.current !== null) field.current.value = ''
    if (given !== '') question?.answer(given)
  }
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="token-title" onCancel={() => question?.answer(null)}>
      <form onSubmit={submit}>
        <h2 id="token-title">Allow changes</h2>
        <p>
          Reading is free; changes need the token that was printed where the console was started. It stays in
          this tab until you close it.
        </p>
        {question?.problem !== null && question !== null && (
          <p class="problem" role="alert">
            {question.problem}
          </p>
        )}
        <label>
          Token
          <input ref={field} type="password" name="token" autocomplete="off" required />
        </label>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={() => question?.answer(null)}>
            Cancel
          </button>
          <button type="submit" class="button is-accent">
            Allow
          </button>
        </div>
      </form>
    </dialog>
  )
}
