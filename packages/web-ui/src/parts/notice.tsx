/** Something a person should know: what there is, what it means, and perhaps what to do. */
import type { ComponentChildren } from "preact";
import { useApp } from "../app/app-context.ts";
import { Icon, type IconName } from "./icon.tsx";

export function Notice({
  tone,
  title,
  icon,
  children,
}: {
  readonly tone: "calm" | "warning" | "alarm";
  readonly title?: string;
  readonly icon: IconName;
  readonly children: ComponentChildren;
}) {
  return (
    <section class={`notice notice-${tone}`}>
      <Icon name={icon} />
      <div>
        {title !== undefined && <h2>{title}</h2>}
        {children}
      </div>
    </section>
  );
}

/** A failure in the person's words, its code small beside it. */
export function ErrorNote({ error }: { readonly error: unknown }) {
  const { describeError } = useApp();
  const { text, hint, code } = describeError(error);
  return (
    <>
      {text} {hint} <code class="error-code">{code}</code>
    </>
  );
}
