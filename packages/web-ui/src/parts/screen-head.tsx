/** The head of a screen: where one is, what it is for, and what can be done here. */
import type { ComponentChildren } from "preact";

export function ScreenHead({
  title,
  lead,
  children,
}: {
  readonly title: ComponentChildren;
  readonly lead?: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <header class="screen-head">
      <div>
        <h1 tabIndex={-1} dir="auto">
          {title}
        </h1>
        {lead !== undefined && <p class="lead">{lead}</p>}
      </div>
      {children !== undefined && <div class="screen-acts">{children}</div>}
    </header>
  );
}
