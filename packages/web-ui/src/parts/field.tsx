/** A labelled field of a form, with its hint and its problem linked to it for those who do not see the page. */
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useWords } from "../app/app-context.ts";
import { Icon } from "./icon.tsx";

interface FieldProps {
  readonly label: string;
  readonly hint?: ComponentChildren;
  /** What is wrong with it; `null`: nothing. */
  readonly problem?: ComponentChildren;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly input?: {
    readonly autocomplete?: string;
    readonly autofocus?: boolean;
    readonly inputMode?: "numeric" | "url";
    readonly maxLength?: number;
  };
}

export function TextField(props: FieldProps) {
  return <Field {...props} />;
}

/** Shown or hidden as the person likes; pasting is welcome. */
export function PassphraseField(props: FieldProps) {
  const words = useWords();
  const [isShown, setShown] = useState(false);
  return (
    <Field {...props} isHidden={!isShown}>
      <button type="button" class="quiet" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
        {isShown ? words.app.hide : words.app.show}
      </button>
    </Field>
  );
}

function Field({
  label,
  hint,
  problem,
  value,
  onValue,
  input,
  isHidden = false,
  children,
}: FieldProps & { readonly isHidden?: boolean; readonly children?: ComponentChildren }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  // The browser heeds the attribute when a page loads and a dialog opens; screens come and go without either.
  useLayoutEffect(() => {
    if (input?.autofocus === true) field.current?.focus();
  }, []);
  const isWrong = problem !== undefined && problem !== null;
  const described = [hint === undefined ? "" : `${id}-hint`, isWrong ? `${id}-problem` : ""].join(" ").trim();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div class="field-row">
        <input
          ref={field}
          autocomplete="off"
          spellcheck={false}
          {...input}
          id={id}
          {...(isHidden ? { type: "password" as const } : { type: "text" as const })}
          dir="auto"
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
          aria-invalid={isWrong}
          aria-describedby={described === "" ? undefined : described}
        />
        {children}
      </div>
      <div aria-live="polite">
        {isWrong && (
          <p class="problem" id={`${id}-problem`}>
            <Icon name="warning" />
            <span>{problem}</span>
          </p>
        )}
      </div>
    </div>
  );
}
