/** Copies a text, and says so for a moment. */
import { useEffect, useState } from "preact/hooks";
import { useWords } from "../app/app-context.ts";
import { Icon } from "./icon.tsx";

const SAID_MS = 2_000;

export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }) {
  const { app } = useWords();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <button
      type="button"
      class="plain"
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      <Icon name={isCopied ? "check" : "copy"} />
      <span aria-live="polite">{isCopied ? app.copied : (label ?? app.copy)}</span>
    </button>
  );
}
