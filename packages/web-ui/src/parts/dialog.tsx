/** A native modal dialog: the browser keeps the focus inside, closes it with Escape, and gives the focus back. */
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { useWords } from "../app/app-context.ts";

export function Dialog({
  title,
  onClose,
  onSubmit,
  children,
  submit,
  danger = false,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly onSubmit: () => void;
  readonly children: ComponentChildren;
  /** A verb with its object. */
  readonly submit: string;
  readonly danger?: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const words = useWords();
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <h2 id={id}>{title}</h2>
        {children}
        <div class="actions">
          <button type="submit" class={danger ? "danger" : "primary"}>
            {submit}
          </button>
          <button type="button" class="plain" onClick={() => dialog.current?.close()}>
            {words.app.cancel}
          </button>
        </div>
      </form>
    </dialog>
  );
}
