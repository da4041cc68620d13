/** A form with one way on and one back. What is missing is said once the person has tried to go on, and the focus goes to the first of it. */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { useWords } from "../app/app-context.ts";
import { focusFirstProblem } from "./focus-problem.ts";

export function CheckedForm({
  title,
  isComplete,
  go,
  onGo,
  onBack,
  children,
}: {
  readonly title: string;
  readonly isComplete: boolean;
  /** On the button that leads on. */
  readonly go: string;
  /** Called when the form is complete, and not before. */
  readonly onGo: () => void;
  readonly onBack: () => void;
  /** `isTried`: what is missing is to be said. */
  readonly children: (isTried: boolean) => ComponentChildren;
}) {
  const { app } = useWords();
  const [isTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  return (
    <form
      ref={form}
      onSubmit={(submitted) => {
        submitted.preventDefault();
        setTried(true);
        if (isComplete) onGo();
        else focusFirstProblem(form.current);
      }}
    >
      <h1>{title}</h1>
      {children(isTried)}
      <div class="actions">
        <button type="submit" class="primary">
          {go}
        </button>
        <button type="button" class="plain" onClick={onBack}>
          {app.back}
        </button>
      </div>
    </form>
  );
}
